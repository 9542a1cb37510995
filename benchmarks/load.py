"""
A small load generator of its own process: keep-alive connections that ask, read the answer and ask again.

`python -m benchmarks.load HOST PORT CONNECTIONS SECONDS PATH…` prints requests a second, p50 and p95 in ms, errors.
"""

import asyncio
import itertools
import json
import sys
import time


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    fields = head.lower()
    if b"content-length:" in fields:
        length = int(fields.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        return status
    while True:  # chunked
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        await reader.readexactly(size + 2)
        if size == 0:
            return status


async def _connection(host: str, port: int, paths, until: float, times: list[float], errors: list[int]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while time.perf_counter() < until:
            start = time.perf_counter()
            request = f"GET {next(paths)} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/html\r\n\r\n"
            writer.write(request.encode())
            status = await _answer(reader)
            times.append(time.perf_counter() - start)
            if status != 200:
                errors.append(status)
    finally:
        writer.close()


async def measure(host: str, port: int, connections: int, duration_s: float, paths: list[str]) -> dict[str, float]:
    """Return requests_per_s, p50_ms, p95_ms and errors over `duration_s`."""
    times: list[float] = []
    errors: list[int] = []
    turn = itertools.cycle(paths)
    until = time.perf_counter() + duration_s
    await asyncio.gather(*(_connection(host, port, turn, until, times, errors) for _ in range(connections)))
    times.sort()
    return {
        "requests_per_s": round(len(times) / duration_s, 1),
        "p50_ms": round(1000 * times[len(times) // 2], 1),
        "p95_ms": round(1000 * times[int(len(times) * 0.95)], 1),
        "errors": len(errors),
    }


if __name__ == "__main__":
    host, port, connections, duration, *paths = sys.argv[1:]
    print(json.dumps(asyncio.run(measure(host, int(port), int(connections), float(duration), paths))))
