"""Following something, and all that one follows: stopping, naming, how a digest comes, and a feed of one's own."""

import re
from dataclasses import dataclass

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from app.errors import Invalid
from app.follow.model import MAX_NAME_CHARACTERS, Every, Followed, Kind, mark_of
from app.pages.account.mine import me
from app.pages.facets import Addresses, chosen
from app.pages.portal import portal
from app.search.parameters import query_from, query_of, saved
from app.web import language
from app.web.labels import plain
from app.web.language import gettext as _
from app.web.language import pgettext
from app.web.links import address
from app.web.pages import page, see_other
from app.web.permissions import ACCOUNT_PATH, signed_in

blueprint = Blueprint("account_following", __name__, url_prefix=ACCOUNT_PATH)

_MARK = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Shown:
    """`name` is "" for what is no longer public; `place` is its page, "" where that is gone."""

    followed: Followed
    name: str
    place: str


@blueprint.get("/follow")
@signed_in
def ask() -> Response:
    kind = _kind(request.args.get("kind", ""))
    target = saved(query_from(request.args.getlist)) if kind is Kind.SEARCH else request.args.get("id", "")
    return _ask(kind, target)


@blueprint.post("/follow")
@signed_in
def follow() -> Response:
    kind, target = _kind(request.form.get("kind", "")), request.form.get("target", "")
    if kind is Kind.SEARCH:
        target = saved(query_of(target))  # what stands in a form is anybody's word
    try:
        portal().follow.follow(
            kind,
            target,
            request.form.get("name", "")[:1000],
            by=me(),
            every=_every(request.form.get("every", Every.WEEKLY)),
            language=request.form.get("language", language.current().tag),
        )
    except Invalid as error:
        return _ask(kind, target, 400, language.said(error))
    return _to("?followed=1")


@blueprint.get("/following")
@signed_in
def following() -> Response:
    return _list()


@blueprint.post("/following/<mark>/stop")
@signed_in
def stop(mark: str) -> Response:
    portal().follow.stop(_known(mark), by=me())
    return _to("?stopped=1")


@blueprint.post("/following/<mark>/name")
@signed_in
def rename(mark: str) -> Response:
    try:
        portal().follow.rename(_known(mark), request.form.get("name", "")[:1000], by=me())
    except Invalid as error:
        return _list(400, language.said(error))
    return _to("?saved=1")


@blueprint.post("/following/digest")
@signed_in
def choose() -> Response:
    try:
        portal().follow.choose(_every(request.form.get("every", "")), request.form.get("language", ""), by=me())
    except Invalid as error:
        return _list(400, language.said(error))
    return _to("?saved=1")


@blueprint.post("/following/feed")
@signed_in
def feed() -> Response:
    if "close" in request.form:
        portal().follow.close_feed(by=me())
    else:
        portal().follow.open_feed(by=me())
    return _to("?saved=1#feed")


def _ask(kind: Kind, target: str, status: int = 200, error: str = "") -> Response:
    name = named(kind, target)
    if not name:
        raise NotFound
    who = me()
    return page(
        "account/follow.html",
        status=status,
        error=error,
        kind=kind,
        kind_name=_kind_name(kind),
        target=target,
        name=request.form.get("name", name)[:MAX_NAME_CHARACTERS] if kind is Kind.SEARCH else name,
        longest_name=MAX_NAME_CHARACTERS,
        place=_place(kind, target),
        already=any(each.mark == mark_of(kind, target) for each in portal().follow.of(who)),
        choice=portal().follow.choice(who),
        often=_often(),
        mails=bool(portal().settings.mail_url.get_secret_value()),
    )


def _list(status: int = 200, error: str = "") -> Response:
    who, followed = me(), portal().follow.of(me())
    names = portal().follow.names(followed)
    shown = [(each, plain(names[each.mark])) for each in followed]
    return page(
        "account/following.html",
        status=status,
        error=error,
        done=_done(),
        kinds=[
            (
                _kinds_name(kind),
                [Shown(each, name, _place(kind, each.target)) for each, name in shown if each.kind is kind],
            )
            for kind in Kind
        ],
        total=len(followed),
        choice=portal().follow.choice(who),
        often=_often(),
        feed_address=portal().follow.feed_address(who),
        longest_name=MAX_NAME_CHARACTERS,
        mails=bool(portal().settings.mail_url.get_secret_value()),
    )


def named(kind: Kind, target: str) -> str:
    """What something is called before it is followed; "" for what can't be."""
    if kind is not Kind.SEARCH:
        each = Followed(kind, target, "", portal().clock())
        return plain(portal().follow.names([each])[each.mark]) if "\0" not in target else ""
    query = query_of(target)
    labels = [option.label for option in chosen(query, Addresses(query))]
    return _("，").join([*([query.text] if query.text else []), *labels]) or _("全部数据集")


def _known(mark: str) -> str:
    if not _MARK.fullmatch(mark):
        raise NotFound
    return mark


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise NotFound from None


def _every(word: str) -> Every:
    try:
        return Every(word)
    except ValueError:
        raise Invalid("请选择摘要的频率。", "Choose how often a digest comes.") from None


def _kind_name(kind: Kind) -> str:
    return {
        Kind.DATASET: pgettext("one", "数据集"),
        Kind.PUBLISHER: _("开放主体"),
        Kind.THEME: _("领域"),
        Kind.SEARCH: _("检索"),
    }[kind]


def _kinds_name(kind: Kind) -> str:
    return {
        Kind.DATASET: _("数据集"),
        Kind.PUBLISHER: pgettext("many", "开放主体"),
        Kind.THEME: pgettext("many", "领域"),
        Kind.SEARCH: pgettext("many", "检索"),
    }[kind]


def _often() -> list[tuple[str, str]]:
    return [(Every.DAILY, _("每天一次")), (Every.WEEKLY, _("每周一次")), (Every.NEVER, _("不寄摘要"))]


def _place(kind: Kind, target: str) -> str:
    return f"/dataset?{target}" if kind is Kind.SEARCH else address(f"/{kind}/{target}")


def _done() -> str:
    if "followed" in request.args:
        return _("已关注。")
    if "stopped" in request.args:
        return _("已取消关注。")
    return _("已保存。") if "saved" in request.args else ""


def _to(place: str) -> Response:
    return see_other(f"{ACCOUNT_PATH}/following{place}")
