"""
A real pycsw for tests, on loopback, in an environment of its own: the release on PyPI wants SQLAlchemy 1.4.

The environment is kept in the user's cache, since it takes half a minute to make.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.services.ports import free_port

_WANTED = ("pycsw==2.6.2", "sqlalchemy<2", "owslib<0.29", "pyproj", "shapely<3", "lxml", "xmltodict", "geolinks")
_ENVIRONMENT = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "suishu-tests" / "pycsw-2.6.2"
_PEOPLE = ("name", "position", "address", "city", "stateorprovince", "postalcode", "country", "phone", "fax", "email",
           "url", "hours", "instructions")  # fmt: skip
_SETTINGS = """[server]
home={home}
url={url}
mimetype=application/xml; charset=UTF-8
encoding=UTF-8
language=en-US
maxrecords=10
loglevel=ERROR
logfile=
profiles=apiso
[manager]
transactions=false
[metadata:main]
identification_title=Test
identification_abstract=Test
identification_keywords=test
identification_keywords_type=theme
identification_fees=None
identification_accessconstraints=None
provider_name=Test
provider_url=https://data.example
contact_role=pointOfContact
{people}
[repository]
database=sqlite:///{home}/records.db
table=records
[metadata:inspire]
enabled=false
"""


@contextmanager
def running(records: Mapping[str, str]) -> Iterator[str]:
    """The address of a service that has these records: name -> XML. Skipped, saying so, where it can't start."""
    python = _environment()
    folder = Path(tempfile.mkdtemp(prefix="suishu-pycsw-"))
    try:
        (folder / "records").mkdir()
        for name, text in records.items():
            (folder / "records" / f"{name}.xml").write_text(text, encoding="utf-8")
        port = free_port()
        url = f"http://127.0.0.1:{port}/"
        settings = folder / "pycsw.cfg"
        people = "\n".join(f"contact_{name}=x" for name in _PEOPLE)
        settings.write_text(_SETTINGS.format(home=folder, url=url, people=people), encoding="utf-8")
        admin = python.with_name("pycsw-admin.py")
        for command in (["setup_db"], ["load_records", "-p", str(folder / "records")]):
            subprocess.run(
                [python, admin, "-c", command[0], "-f", settings, *command[1:]],
                check=True,
                capture_output=True,
                timeout=100,
            )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [python, "-m", "pycsw.wsgi", str(port)],
                env={**os.environ, "PYCSW_CONFIG": str(settings)},
                stdout=log,
                stderr=log,
            )
        try:
            _wait(f"{url}?service=CSW&version=2.0.2&request=GetCapabilities", process)
            yield url
        finally:
            process.terminate()
            process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment() -> Path:
    python = _ENVIRONMENT / "bin" / "python"
    done = _ENVIRONMENT / "done"
    if not done.exists():
        try:
            venv.create(_ENVIRONMENT, with_pip=True, clear=True)
            subprocess.run(
                [python, "-m", "pip", "install", "--quiet", *_WANTED], check=True, capture_output=True, timeout=300
            )
        except (OSError, subprocess.SubprocessError) as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"no pycsw here: {error}")
        done.touch()
    return python


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "pycsw ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"pycsw does not answer ({sys.platform})")
