"""An empty portal of each test's own, and a browser in it that is the operator's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.settings import Settings
from app.wiring import Portal, build
from tests.web.operators import entered


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    portal = build(Settings(home=tmp_path / "home", base_url="https://data.example"))
    yield portal
    portal.close()


@pytest.fixture
def application(portal: Portal) -> Flask:
    return create_app(portal=portal)


@pytest.fixture
def client(application: Flask, portal: Portal) -> FlaskClient:
    return entered(application, portal)
