"""A browser that is the operator's, and forms as such a browser sends them."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.pages.operator import entry
from app.wiring import Portal

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def browser(application: Flask, language: str = "zh-Hans") -> FlaskClient:
    client = application.test_client()
    client.environ_base["HTTP_ACCEPT"] = ACCEPT
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return client


def entered(application: Flask, portal: Portal, language: str = "zh-Hans") -> FlaskClient:
    """A browser in which somebody used a link of the command line."""
    client = browser(application, language)
    # Over https, as the cookie asks where the portal's own address says so.
    client.environ_base["wsgi.url_scheme"] = portal.settings.base_url.partition(":")[0]
    entry._flood._begin(0.0)  # a test is one client that enters often
    answer = client.post("/operator/enter", data={"token": portal.access.make_link()})
    assert answer.status_code == 303, answer.text
    return client


def token_of(page: TestResponse) -> str:
    """What a page's forms carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "no form with a token on this page"
    return unescape(found[1])


def send(client: FlaskClient, address: str, form: dict[str, Any] | None = None, **more: Any) -> TestResponse:
    """Sends a form with the token of this session, which the operator's home always has."""
    token = token_of(client.get("/operator"))
    return client.post(address, data={"csrf_token": token, **(form or {})}, **more)
