"""The portal as its users run it: `suishu` as a program, in a home of its own."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.services.ports import free_port

SUISHU = str(Path(sys.executable).with_name("suishu"))
START_S = 60.0
"""Far more than a start takes: the tests share their machine."""


@dataclass
class Home:
    """A home and the programs that run in it."""

    path: Path
    port: int = field(default_factory=free_port)
    more: dict[str, str] = field(default_factory=dict)
    """Further settings."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SUISHU_")}
        return kept | {
            "SUISHU_HOME": str(self.path),
            "SUISHU_BASE_URL": self.base_url,
            "LC_ALL": "C.UTF-8",
            **self.more,
        }

    def run(self, *arguments: str, timeout_s: float = 100) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SUISHU, *arguments], env=self.environment, capture_output=True, text=True, timeout=timeout_s
        )

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.path.parent / f"{self.path.name}-{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen([SUISHU, *arguments], env=self.environment, stdout=log, stderr=log)

    def serve(self) -> subprocess.Popen[bytes]:
        """Starts the portal and waits until it answers."""
        process = self.begin("serve", "--port", str(self.port))
        deadline = time.monotonic() + START_S
        while self.status("/health") != 200:
            assert process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.05)
        return process

    @contextmanager
    def serving(self) -> Iterator[psutil.Process]:
        process = self.serve()
        try:
            yield psutil.Process(process.pid)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(20)

    def log(self) -> str:
        return (self.path.parent / f"{self.path.name}-serve.log").read_text(errors="replace")

    def get(self, path: str, timeout_s: float = 20, **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(self.base_url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def status(self, path: str) -> int:
        """0 when nobody answers."""
        try:
            return self.get(path)[0]
        except OSError:
            return 0

    def ask(self, query: str) -> str:
        """The answer in CSV without its first line."""
        status, body = self.get(f"/sparql?{urllib.parse.urlencode({'query': query})}", Accept="text/csv")
        assert status == 200, body
        return body.decode().split("\r\n", 1)[1].strip()

    def processes(self) -> list[psutil.Process]:
        """Every process that has this home, whoever its parent is."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("SUISHU_HOME") == str(self.path):
                    found.append(process)
            except psutil.Error:
                continue
        return found
