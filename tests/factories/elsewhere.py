"""A portal whose people may sign in elsewhere, and a browser on the way."""

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import create_app
from tests.factories.portals import portal_with
from tests.services.provider import CLIENT, SECRET
from tests.web.test_accounts import House


def house_with(home: Path, issuer: str, **more: Any) -> House:
    portal = portal_with(
        home,
        [],
        followed=False,
        mail_url="folder:",
        **{
            "oidc_issuer": issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_name": "统一身份认证",
            **more,
        },
    )
    return House(portal, create_app(portal=portal), [])


def leave(client: FlaskClient, **query: str) -> str:
    """The address of the provider that the browser is led to."""
    found = client.get("/account/elsewhere", query_string=query)
    assert found.status_code == 303, found.text
    return found.location


def finish(client: FlaskClient, arrived: TestResponse, name: str = "Ada") -> TestResponse:
    assert arrived.status_code == 303, arrived.text
    assert arrived.location == "/account/elsewhere/finish"
    assert 'name="name"' in client.get("/account/elsewhere/finish").text
    return client.post("/account/elsewhere/finish", data={"name": name})


def cookie(client: FlaskClient, name: str = "suishu_account") -> str:
    found = client.get_cookie(name, path="/account")
    return found.value if found else ""
