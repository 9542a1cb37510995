"""The desk's lists as files: every row, whatever a page would show."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from flask import Blueprint, Response

from app.accounts.model import Account, Right
from app.desk.model import Line, Matter, Page, Part, Wish
from app.desk.service import whole
from app.feedback.model import Fault, Standing
from app.pages.account.desk import PATH, publishers, wanted
from app.pages.account.mine import me
from app.pages.portal import portal
from app.web import language
from app.web.answers import stream
from app.web.labels import label_in
from app.web.language import gettext as _
from app.web.pages import moment
from app.web.permissions import needs, signed_in
from app.web.sheets import CSV, XLSX, write_csv, write_xlsx
from app.web.streaming import Pulled

blueprint = Blueprint("account_desk_files", __name__)

_WIDTHS = (12, 40, 40, 30, 16, 17, 30, 60, 20, 20, 30, 30, 30, 10, 10, 12, 40, 17, 40, 17, 6)


@dataclass(frozen=True, slots=True)
class _Words:
    """What rows say, in one language: files are written outside of the request."""

    tag: str
    base_url: str
    publishers: Mapping[str, str]
    matters: Mapping[Matter, str]
    faults: Mapping[Fault, str]
    standings: Mapping[Standing, str]


@blueprint.get(f"{PATH}/<any(waiting,said):what>.<any(csv,xlsx):extension>")
@signed_in
@needs(Right.SEE_DESK)
def export(what: str, extension: str) -> Response:
    """With the limits of the page that it was asked for on; of people it has what pages show, a chosen name."""
    wish, who, words, head = wanted(), me(), _words(), _columns()
    lists = _said(who, wish) if what == "said" else _waiting(who, wish)
    title = _("反馈工作台")

    def rows() -> Iterator[tuple[str, ...]]:
        yield head
        for read in lists:
            yield from (_cells(line, words) for line in whole(read))

    def produce(out: IO[bytes]) -> None:
        if extension == "csv":
            write_csv(rows(), out)
        else:
            write_xlsx(rows(), out, title=title, widths=_WIDTHS)

    answer = stream(Pulled(produce), CSV if extension == "csv" else XLSX, filename=f"desk-{what}.{extension}")
    del answer.headers["Access-Control-Allow-Origin"]  # it is for one person
    return answer


_Read = Callable[[str, int], Page]


def _said(who: Account, wish: Wish) -> list[_Read]:
    desk = portal().desk
    return [lambda after, size: desk.said(who, wish, after, size=size)]


def _waiting(who: Account, wish: Wish) -> list[_Read]:
    desk = portal().desk

    def of(part: Part) -> _Read:
        return lambda after, size: desk.waiting(who, part, wish, after, size=size)

    return [of(part) for part in Part]


def _columns() -> tuple[str, ...]:
    return (
        _("类型"), _("数据集"), _("地址"), _("开放主体"), _("昵称"), _("时间"), _("标题"), _("内容"), _("数据项"),
        _("数据行"), _("正确内容"), _("佐证材料"), _("链接"), _("公开状态"), _("处理状态"), _("处理期限"),
        _("处理意见"), _("处理时间"), _("首次回复"), _("首次回复时间"), _("星级"),
    )  # fmt: skip


def _words() -> _Words:
    return _Words(
        tag=language.current().tag,
        base_url=portal().settings.base_url,
        publishers=publishers(),
        matters={
            Matter.COMMENT: _("评论"),
            Matter.CORRECTION: _("纠错"),
            Matter.USAGE: _("利用说明"),
            Matter.RATING: _("评分"),
        },
        faults={Fault.ERROR: _("错误"), Fault.OMISSION: _("遗漏")},
        standings={Standing.SHOWN: _("已公开"), Standing.HIDDEN: _("已被隐藏")},
    )


def _cells(line: Line, words: _Words) -> tuple[str, ...]:
    post, colon = line.post, "：" if words.tag.startswith("zh") else ": "
    matter = words.matters[line.matter]
    head = (line.title, f"{words.base_url}/dataset/{line.dataset_id}", words.publishers.get(line.publisher_id, ""))
    if post is None:
        return (matter, *head, "", moment(line.at), *[""] * 14, str(line.stars))
    correction = post.correction
    wrong = correction.wrong if correction else None
    if wrong:
        matter += f"{colon}{words.faults[wrong.fault]}"
    parts = (wrong.item, wrong.row, wrong.expected, wrong.evidence) if wrong else ("", "", "", "")
    outcome = ("", "", "", "")
    if correction:
        decided = moment(correction.decided_at) if correction.decided_at else ""
        state = label_in("correction-state", correction.state, words.tag)
        outcome = (state, correction.due_on.isoformat(), correction.answer, decided)
    reply = (post.replies[0].body, moment(post.replies[0].at)) if post.replies else ("", "")
    return (
        matter, *head, post.author, moment(post.at), post.title, post.body, *parts, post.link,
        words.standings.get(post.standing, ""), *outcome, *reply, "",
    )  # fmt: skip
