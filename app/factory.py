"""Makes the web application: one portal behind pages, interfaces and the SPARQL endpoint."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from app import settings as settings_of
from app.api import changes, check, datajson, dumps, feeds, health, openapi, suggest
from app.api import feedback as feedback_api
from app.api import mine as api_mine
from app.api import search as search_api
from app.api.ckan import routes as ckan
from app.pages import (
    about,
    catalogue,
    data_request,
    dataset,
    dataset_feed,
    demo,
    feedback,
    help,
    home,
    publisher,
    robots,
    runs,
    search,
    sources,
    theme,
    vocabulary,
)
from app.pages import origin as origin_of_acts
from app.pages.account import audit as account_audit
from app.pages.account import desk as account_desk
from app.pages.account import desk_files as account_desk_files
from app.pages.account import elsewhere as account_elsewhere
from app.pages.account import entry as account_entry
from app.pages.account import feed as account_feed
from app.pages.account import feedback as account_feedback
from app.pages.account import following as account_following
from app.pages.account import mine as account_mine
from app.pages.account import moderation as account_moderation
from app.pages.account import permissions as account_permissions
from app.pages.account import rating as account_rating
from app.pages.account import real_name as account_real_name
from app.pages.account import second_factor as account_second_factor
from app.pages.account import security as account_security
from app.pages.account import submissions as account_submissions
from app.pages.account import tokens as account_tokens
from app.pages.account import unsubscribe as account_unsubscribe
from app.pages.account import verify as account_verify
from app.pages.operator import deletions as operator_deletions
from app.pages.operator import duplicates as operator_duplicates
from app.pages.operator import entry as operator_entry
from app.pages.operator import home as operator_home
from app.pages.operator import mapping as operator_mapping
from app.pages.operator import preview as operator_preview
from app.pages.operator import quarantine as operator_quarantine
from app.pages.operator import sources as operator_sources
from app.settings import Settings
from app.sparql import endpoint, short_way, void
from app.sparql.graph import routes as graph
from app.web import (
    accounts,
    bearer,
    doors,
    forms,
    language,
    operator,
    pages,
    permissions,
    problems,
    security,
    templates,
)
from app.wiring import Portal, build

STATIC_MAX_AGE_S = 365 * 24 * 3600
MAX_BODY_BYTES = 1024 * 1024

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_BLUEPRINTS = (
    home.blueprint, search.blueprint, dataset.blueprint, publisher.blueprint, theme.blueprint, catalogue.blueprint,
    sources.blueprint, runs.blueprint, about.blueprint, demo.blueprint, vocabulary.blueprint, robots.blueprint,
    help.blueprint, data_request.blueprint,
    account_entry.blueprint, account_mine.blueprint, account_rating.blueprint,
    feedback.blueprint, account_feedback.blueprint, account_submissions.blueprint, account_moderation.blueprint,
    account_real_name.blueprint, account_verify.blueprint, account_tokens.blueprint, api_mine.blueprint,
    account_elsewhere.blueprint, account_second_factor.blueprint, account_security.blueprint,
    account_following.blueprint, account_unsubscribe.blueprint, account_feed.blueprint, dataset_feed.blueprint,
    account_audit.blueprint, account_permissions.blueprint,
    account_desk.blueprint, account_desk_files.blueprint,
    operator_entry.blueprint, operator_home.blueprint, operator_mapping.blueprint,
    operator_sources.blueprint, operator_deletions.blueprint,
    operator_quarantine.blueprint, operator_preview.blueprint, operator_duplicates.blueprint,
    feedback_api.blueprint,
    search_api.blueprint, suggest.blueprint, feeds.blueprint, openapi.blueprint, dumps.blueprint,
    health.blueprint, endpoint.blueprint, void.blueprint, graph.blueprint, check.blueprint,
    ckan.blueprint, datajson.blueprint, changes.blueprint,
)  # fmt: skip


def create_app(settings: Settings | None = None, *, portal: Portal | None = None) -> Flask:
    """
    The application, with settings from the environment unless given; a web worker's entry.

    Raises `app.errors.Misconfigured` when a setting can't be used, RuntimeError when a route declares no permission.
    """
    portal = portal or build(settings or settings_of.load())
    root = urlsplit(portal.settings.base_url).path
    app = Flask("app", static_url_path="/static")
    app.config.update(
        SECRET_KEY=portal.settings.secret(),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_MAX_AGE_S,
        TEMPLATES_AUTO_RELOAD=False,
        SUISHU_TRUSTED_PROXIES=portal.settings.trusted_proxies,
    )
    app.extensions["suishu"] = portal
    app.url_map.strict_slashes = False
    language.install(app)
    pages.install(app, base_url=portal.settings.base_url)
    short_way.install(app, portal)
    is_https = portal.settings.base_url.startswith("https:")
    security.install(app, hsts_max_age_days=portal.settings.hsts_max_age_days if is_https else 0)
    problems.install(app)
    origin_of_acts.install(app)
    doors.install(app)
    operator.install(app, portal.access.operator, base_url=portal.settings.base_url)
    accounts.install(app, portal.accounts.who)
    bearer.install(app, portal.access_tokens.granted, home=portal.settings.home, key=portal.settings.secret())
    forms.install(app, portal.settings.home / "locks", portal.settings.secret().encode())
    templates.install(app)  # takes what the others gave templates to say
    permissions.public(app.view_functions["static"])
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    permissions.require_declarations(app)
    if root:
        app.wsgi_app = _under(root, app.wsgi_app)  # type: ignore[method-assign, assignment]
    return app


def _under(root: str, inner: Wsgi) -> Wsgi:
    """The application at a path of its host, whether a proxy in front cuts that path off or not."""

    def outer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == root or path.startswith(root + "/"):
            environ["PATH_INFO"] = path[len(root) :] or "/"
        environ["SCRIPT_NAME"] = root
        return inner(environ, start_response)

    return outer
