"""The desk of publishers, the authority and the operator: what waits for them, what was said, how long answers take."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import dropwhile
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from app.accounts.model import Right
from app.desk.model import Answering, Matter, Part, Stage, Wish
from app.feedback.moves import DAYS
from app.pages.account.mine import me
from app.pages.portal import portal
from app.web import charts
from app.web.labels import plain
from app.web.language import gettext as _
from app.web.links import address
from app.web.pages import page, root
from app.web.permissions import ACCOUNT_PATH, needs, signed_in

blueprint = Blueprint("account_desk", __name__)

PATH = f"{ACCOUNT_PATH}/desk"
_GLANCE = 5
"""Of each part of what waits, where all parts stand on one page."""
_ID = re.compile(r"(?:.*/dataset/)?([a-z2-7]{16})(?:[/?#].*)?")
_NOBODY = "-"
"""An id that nothing has: what can't be one finds nothing."""

Word = TypeVar("Word", Matter, Stage, Part)


@blueprint.get(PATH)
@signed_in
@needs(Right.SEE_DESK)
def waiting() -> Response:
    desk, wish, part = portal().desk, wanted(), _known(Part, request.args.get("part", ""))
    if part is None:
        pages = {each: desk.waiting(me(), each, wish, size=_GLANCE) for each in Part}
    else:
        pages = {part: desk.waiting(me(), part, wish, request.args.get("after", ""))}
    return page(
        "account/desk_waiting.html",
        **_around(wish),
        part=part,
        pages=pages,
        next=_next(pages[part].after, part=part) if part else "",
        days=DAYS,
        today=desk.today(),
    )


@blueprint.get(f"{PATH}/said")
@signed_in
@needs(Right.SEE_DESK)
def said() -> Response:
    desk, wish = portal().desk, wanted()
    found = desk.said(me(), wish, request.args.get("after", ""))
    sees_hidden = Right.READ_HIDDEN in me().rights
    return page(
        "account/desk_said.html",
        **_around(wish),
        lines=found.lines,
        next=_next(found.after),
        is_first="after" not in request.args,
        matters=list(Matter),
        stages=[stage for stage in Stage if sees_hidden or stage is not Stage.HIDDEN],
        today=desk.today(),
    )


@blueprint.get(f"{PATH}/figures")
@signed_in
@needs(Right.SEE_DESK)
def figures() -> Response:
    wish = wanted()
    found = portal().desk.figures(me(), wish.publisher_id)
    around = _around(Wish(publisher_id=wish.publisher_id))
    names = around["publishers"] | {"": _("（未注明）")}
    months = list(dropwhile(lambda each: each[1] == Answering(), found.months.items()))
    by_publisher = sorted(found.publishers.items(), key=lambda each: (-each[1].replied.median, each[0]))
    replied = [(month, *_days(each.replied.median)) for month, each in months if each.replied.count]
    decided = [(month, *_days(each.decided.median)) for month, each in months if each.decided.count]
    means = [(month, f"{each.mean:.2f}", each.mean) for month, each in months if each.ratings]
    stars = [(_("%(stars)s 星") % {"stars": star}, str(n), float(n)) for star, n in enumerate(found.distribution, 1)]
    slowest = [(names.get(id_, id_), *_days(each.replied.median)) for id_, each in by_publisher if each.replied.count]
    median = _("首次回复时间的中位数（天）")
    return page(
        "account/desk_figures.html",
        **around,
        found=found,
        months=months[::-1],
        by_publisher=by_publisher,
        replies=charts.line(_("月份"), median, replied),
        decisions=charts.line(_("月份"), _("纠错处理时间的中位数（天）"), decided),
        means=charts.line(_("月份"), _("平均星级"), means),
        stars=charts.bars(_("星级"), _("评分数"), stars[::-1]),
        slowest=charts.bars(_("开放主体"), median, slowest) if len(slowest) > 1 else None,
    )


def wanted() -> Wish:
    """What the address asks for; nobody's right follows from it."""
    dataset, publisher = (request.args.get(name, "").strip() for name in ("dataset", "publisher"))
    found = _ID.fullmatch(dataset) if len(dataset) < 500 else None
    if not (publisher.isascii() and publisher.isprintable() and len(publisher) <= 80):
        publisher = _NOBODY
    return Wish(
        _known(Matter, request.args.get("kind", "")),
        _known(Stage, request.args.get("state", "")),
        (found[1] if found else _NOBODY) if dataset else "",
        publisher,
    )


def publishers() -> dict[str, str]:
    """Id -> name of those that this account may see."""
    names = {id_: plain(texts) or id_ for id_, texts in portal().desk.publishers(me()).items()}
    return dict(sorted(names.items(), key=lambda each: each[1]))


def _around(wish: Wish) -> dict[str, Any]:
    """The head of every page of the desk."""
    return {
        "wish": wish,
        "typed_dataset": request.args.get("dataset", "")[:500],
        "counts": portal().desk.counts(me(), wish),
        "publishers": publishers(),
        "kept": address("", _kept(wish)).removeprefix("/"),
        "to": partial(_to, wish),
        "rights": me().rights,
    }


def _next(after: str, **more: str) -> str:
    """Where the list goes on; "" at its end."""
    return f"{root()}{address(request.path, [*_kept(wanted()), *more.items(), ('after', after)])}" if after else ""


def _to(wish: Wish, place: str, **more: str) -> str:
    """A page of the desk for the same data."""
    narrowed = (*more.items(), ("dataset", wish.dataset_id), ("publisher", wish.publisher_id))
    return f"{root()}{address(PATH + place, narrowed)}"


def _kept(wish: Wish) -> Sequence[tuple[str, str]]:
    return (
        ("kind", wish.matter or ""), ("state", wish.stage or ""), ("dataset", wish.dataset_id),
        ("publisher", wish.publisher_id),
    )  # fmt: skip


def _days(number: float) -> tuple[str, float]:
    return f"{number:.1f}", number


def _known(words: type[Word], text: str) -> Word | None:
    """None also where nobody knows the word."""
    return words(text) if text in list(words) else None
