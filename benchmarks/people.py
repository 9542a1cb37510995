"""
People who rate and comment, in a process of their own: `python -m benchmarks.people PORT ROUNDS` reads a JSON list of
people (the secret of a session, an address, the datasets they care for) and prints the seconds of each request.

Each opens a form, reads what is on it and sends it, waits as a person waits, and clicks twice as a person does: the
second click of each form is sent beside the first, over a connection of its own.
"""

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

_TOKEN = re.compile(rb'name="form_token" value="([0-9a-f]+)"')
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_PAUSE_S = (1.0, 5.0)


@dataclass
class Line:
    """One keep-alive connection of one person."""

    port: int
    secret: str
    address: str
    times: list[tuple[str, float]]
    _open: Any = field(default=None)

    async def ask(self, path: str, form: dict[str, str] | None = None) -> bytes:
        body = urlencode(form).encode() if form is not None else b""
        head = (
            f"{'GET' if form is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Cookie: suishu_account={self.secret}\r\nX-Forwarded-For: {self.address}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        for last in (False, True):
            try:
                if self._open is None:
                    self._open = await asyncio.open_connection("127.0.0.1", self.port)
                status, answer = await self._once(head.encode() + body)
                break
            except (ConnectionError, asyncio.IncompleteReadError):  # an idle connection was let go
                self._open = None
                if last:
                    raise
        self.times.append(("read" if form is None else "write", time.perf_counter() - began))
        if status not in (200, 302, 303):
            raise RuntimeError(f"{path}: {status} {answer[:2000].decode(errors='replace')}")
        return answer

    async def _once(self, request: bytes) -> tuple[int, bytes]:
        reader, writer = self._open
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return int(head[9:12]), await reader.readexactly(int(length[1])) if length else b""


async def _person(number: int, port: int, rounds: int, said: dict[str, Any], times: list[tuple[str, float]]) -> None:
    rng = random.Random(number)
    one, other = (Line(port, said["secret"], said["address"], times) for _ in range(2))
    await asyncio.sleep(rng.uniform(0, 1))
    for turn in range(rounds):
        dataset = said["datasets"][turn % len(said["datasets"])]
        rating, comment = f"/account/rating/{dataset}", f"/account/feedback/{dataset}/comment"
        stars = str(1 + (number + turn) % 5)
        for path, form in ((rating, {"stars": stars}), (comment, {"body": f"第 {number} 人的第 {turn} 条意见"})):
            token = _TOKEN.search(await one.ask(path))
            if token is None:
                raise RuntimeError(f"no form on {path}")
            await asyncio.sleep(rng.uniform(*_PAUSE_S))
            form["form_token"] = token[1].decode()
            await asyncio.gather(one.ask(path, form), other.ask(path, form))


async def _all(port: int, rounds: int, people: list[dict[str, Any]]) -> list[tuple[str, float]]:
    times: list[tuple[str, float]] = []
    await asyncio.gather(*(_person(number, port, rounds, said, times) for number, said in enumerate(people)))
    return times


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_all(int(sys.argv[1]), int(sys.argv[2]), json.load(sys.stdin)))))
