"""What belongs to oneself: one's ratings with their dates, name and password, all of it as a file, and its end."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, Response, request

from app.accounts.model import Account, Right
from app.accounts.passwords import MAX_CHARACTERS, MIN_CHARACTERS
from app.accounts.words import MAX_NAME_CHARACTERS
from app.errors import Invalid, SuishuError, TooMany
from app.pages.account.arrival import know_again
from app.pages.account.form import form
from app.pages.account.kept import kept_of
from app.pages.portal import portal
from app.ratings.model import Rating
from app.web import accounts
from app.web.flood import asker
from app.web.labels import plain
from app.web.pages import see_other
from app.web.permissions import ACCOUNT_PATH, signed_in

blueprint = Blueprint("account_mine", __name__)


def me() -> Account:
    """Whose request this is, in a view for those who are signed in."""
    return cast(Account, accounts.account())


@blueprint.get(ACCOUNT_PATH)
@signed_in
def home() -> Response:
    return _home()


@blueprint.post(f"{ACCOUNT_PATH}/name")
@signed_in
def rename() -> Response:
    who = me()

    def also(connection: Any, at: datetime) -> None:
        portal().feedback.name_changed(connection, at, by=who)

    try:
        portal().accounts.rename(who, request.form.get("name", "")[:1000], also=also)
    except Invalid as error:
        return _home(error)
    return _to("?saved=1")


@blueprint.post(f"{ACCOUNT_PATH}/password")
@signed_in
def change_password() -> Response:
    try:
        old, new = (request.form.get(name, "")[:1000] for name in ("old", "password"))
        session = portal().accounts.change_password(me(), old, new, session=accounts.secret(), address=asker())
    except (Invalid, TooMany) as error:
        return _home(error)
    return know_again(accounts.remember(_to("?saved=1"), session), session.browser)


@blueprint.get(f"{ACCOUNT_PATH}/export.json")
@signed_in
def export() -> Response:
    """Everything that is kept of this account, as Art. 45 of the Personal Information Protection Law has it."""
    who = me()
    factor = portal().second_factor.state(who)
    kept = {
        "account": {
            "id": who.id,
            "email": who.email,
            "name": who.name,
            "language": who.language,
            "created_at": who.created_at.isoformat(),
            "real_named_at": who.real_named_at and who.real_named_at.isoformat(),
            "roles": sorted(who.roles),
            "roles_limited_to": {role: sorted(scope) for role, scope in who.roles.items() if scope},
        },
        "sessions": [
            {"began_at": each.created_at.isoformat(), "ends_at": each.expires_at.isoformat()}
            for each in portal().accounts.sessions_of(who)
        ],
        "second_factor_since": factor.set_at and factor.set_at.isoformat(),
        "recovery_codes_left": factor.codes_left,
        "sign_ins_elsewhere": [
            {"issuer": each.issuer, "subject": each.subject, "linked_at": each.linked_at.isoformat()}
            for each in portal().identities.of(who)
        ],
        "ratings": [
            {"dataset": each.dataset_id, "stars": each.stars, "version": each.version, "at": each.at.isoformat()}
            for each in portal().ratings.of_account(who)
        ],
        "feedback": kept_of(who),
        "reports": [
            {"post": each.post_id, "reason": each.reason, "at": each.at.isoformat(), "outcome": each.outcome}
            for each in portal().feedback.reports_of(who)
        ],
        "real_name": [
            {
                "kind": each.kind,
                "state": each.state,
                "number": each.number,
                "name": each.name,
                "reason": each.reason,
                "applied_at": each.applied_at.isoformat(),
                "decided_at": each.decided_at.isoformat() if each.decided_at else None,
            }
            for each in portal().real_names.of_account(who)
        ],
        "access_tokens": [
            {
                "name": each.name,
                "scopes": sorted(each.scopes),
                "created_at": each.created_at.isoformat(),
                "expires_at": each.expires_at.isoformat(),
                "used_at": each.used_at.isoformat() if each.used_at else None,
            }
            for each in portal().access_tokens.of_account(who)
        ],
        "following": _following(who),
    }
    response = Response(json.dumps(kept, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="suishu-account.json"'
    return response


@blueprint.post(f"{ACCOUNT_PATH}/erase")
@signed_in
def erase() -> Response:
    who = me()

    def also(connection: Any, at: datetime) -> None:
        portal().ratings.take_back_all(connection, at, by=who)
        portal().feedback.erase_all(connection, at, by=who)

    try:
        portal().accounts.erase(
            who, request.form.get("old", "")[:1000], also=also, session=accounts.secret(), address=asker()
        )
    except (Invalid, TooMany) as error:
        return _home(error)
    return accounts.forget(_to("/sign-in?left=1"))


def _following(who: Account) -> dict[str, object]:
    choice = portal().follow.choice(who)
    return {
        "digest": {"every": choice.every, "language": choice.language} if choice else None,
        "feed": portal().follow.feed_address(who),
        "followed": [
            {"kind": each.kind, "target": each.target, "name": each.name, "since": each.since.isoformat()}
            for each in portal().follow.of(who)
        ],
    }


def _home(error: SuishuError | None = None) -> Response:
    who = me()
    ratings = portal().ratings.of_account(who)[:200]
    return form(
        "mine",
        error,
        who=who,
        ratings=titled(ratings),
        to_verify=portal().real_name_desk.count() if Right.VERIFY in who.rights else None,
        saved="saved" in request.args,
        welcome="welcome" in request.args,
        least=MIN_CHARACTERS,
        most=MAX_CHARACTERS,
        longest_name=MAX_NAME_CHARACTERS,
    )


def titled(ratings: Sequence[Rating]) -> list[tuple[Rating, str]]:
    """Each with its dataset's title, an empty one where that is no longer public."""
    titles = titles_of({each.dataset_id for each in ratings})
    return [(each, titles.get(each.dataset_id, "")) for each in ratings]


def titles_of(ids: Collection[str]) -> dict[str, str]:
    """Titles of those datasets that are public."""
    entries = portal().catalogue.some(list(ids))
    return {entry.view.id: plain(entry.view.titles) or entry.view.id for entry in entries}


def _to(place: str) -> Response:
    return see_other(f"{ACCOUNT_PATH}{place}")
