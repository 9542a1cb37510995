"""One small portal for all tests of pages and interfaces: they only read it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from tests.web.portals import Filled, fill


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return fill(tmp_path_factory.mktemp("portal"))


@pytest.fixture(scope="session")
def application(filled: Filled) -> Flask:
    return create_app(portal=filled.portal)


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    """A browser that reads simplified Chinese and has no cookies yet."""
    client = application.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN,zh;q=0.9,en;q=0.5"
    return client
