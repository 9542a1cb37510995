"""
Errors, mapped once: a problem document (RFC 9457) for programs, a page in the reader's language for people.
"""

import json
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, InternalServerError

from app.errors import Busy, Forbidden, Invalid, NotFound, NotOffered, SuishuError, TooMany, Unavailable
from app.web import language
from app.web.language import gettext as _
from app.web.negotiation import Offer, choose
from app.web.templates import render
from indexer.errors import CursorInvalid, SearchUnavailable

MEDIA_TYPE = "application/problem+json"
VARY = "Accept, Accept-Language, Cookie"
"""What an answer depends on that is a page for some and a document for others."""

_STATUS: dict[type[SuishuError], int] = {
    NotFound: 404, NotOffered: 406, Invalid: 400, Forbidden: 403, TooMany: 429, Busy: 503, Unavailable: 503,
}  # fmt: skip
_RETRY_AFTER_S = 10
_FOR_PROGRAMS = re.compile(r"^/sparql$|\.(?:nt|ttl|rdf|jsonld|json|csv|xml|gz)$")
"""Addresses at which whoever takes anything (*/*) is no browser."""
_OFFERS = (Offer("page", ("text/html",)), Offer("document", (MEDIA_TYPE, "application/json")))


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, in the reader's language. `advice` says what to do and may be empty; `more` is for programs."""

    status: int
    title: str
    detail: str
    advice: str = ""
    retry_after_s: int | None = None
    allow: tuple[str, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)


def _of_status(status: int) -> tuple[str, str]:
    """Title and advice of an HTTP status."""
    if status == 400:
        return _("请求有误"), _("请检查地址和参数后重试。")
    if status == 401:
        return _("需要进入管理页面"), _(
            "这个页面供平台管理机构使用，登录可能已经到期。请在门户主机上执行 suishu operator-link，打开它给出的链接。"
        )
    if status == 403:
        return _("这个操作没有被接受"), _(
            "提交的表单不是来自本门户的页面，或者已经过期。请返回上一页，刷新后重新提交。"
        )
    if status == 404:
        return _("没有找到这个页面"), _("地址可能输入有误，或者页面已经移动。可以试试检索数据集，或者从开放目录查找。")
    if status == 405:
        return _("这个地址不支持该操作"), _("请改用页面上提供的链接，或查看接口文档中允许的方法。")
    if status == 406:
        return _("没有可提供的格式"), _(
            "可用的格式有 HTML、Turtle、JSON-LD、RDF/XML 和 N-Triples，请调整 Accept 请求头。"
        )
    if status == 413:
        return _("发送的内容过大"), _("请减小文件，或拆分后分别发送。")
    if status in (414, 431):
        return _("请求内容过长"), _("请缩短检索词或减少筛选条件后重试。")
    if status == 429:
        return _("请求过于频繁"), ""
    if status == 503:
        return _("服务暂时不可用"), _("请稍后再试。其他页面不受影响。")
    if status >= 500:
        return _("系统出现错误"), _("我们已经记录这个错误，请稍后再试。")
    return _("请求无法完成"), _("请检查地址和参数后重试。")


def status_of(error: SuishuError) -> int:
    """The HTTP status that tells what kind of error it is."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def describe(error: Exception) -> Problem:
    """The problem that an error is to the one who asked."""
    if isinstance(error, NotOffered):
        return Problem(406, _("没有所要的形式"), language.said(error))
    if isinstance(error, SuishuError):
        status = status_of(error)
        title, advice = _of_status(status)
        if isinstance(error, Forbidden):
            advice = ""  # it says itself what is wrong, and that is no form
        detail = language.said(error) if status < 500 or status == 503 else ""
        wait_s = error.retry_after_s if isinstance(error, TooMany) else _RETRY_AFTER_S if status == 503 else None
        return Problem(status, title, detail, advice, wait_s)
    if isinstance(error, SearchUnavailable):
        return Problem(
            503,
            _("检索服务暂时不可用"),
            _("检索索引现在打不开。"),
            _("请稍后再试；在此期间可以浏览开放目录、开放主体和各数据集页面。"),
            _RETRY_AFTER_S,
        )
    if isinstance(error, CursorInvalid):
        return Problem(
            400, _("游标无效"), _("cursor 只能取自同一查询上一次返回的 next。"), _("请去掉 cursor，从第一页重新查询。")
        )
    if isinstance(error, HTTPException) and error.code:
        title, advice = _of_status(error.code)
        allow = tuple(sorted(getattr(error, "valid_methods", None) or ()))
        return Problem(error.code, title, "", advice, allow=allow)
    title, advice = _of_status(500)
    return Problem(500, title, "", advice)


def wants_page() -> bool:
    """Whether whoever asks is better served by a page than by JSON."""
    accept = request.headers.get("Accept", "")
    if request.path.startswith("/api/") or (_FOR_PROGRAMS.search(request.path) and "html" not in accept):
        return False
    found = choose(accept, _OFFERS)
    return found is not None and found.name == "page"


def document(problem: Problem) -> Response:
    """The problem as application/problem+json."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "instance": request.path,
    }
    body |= problem.more
    if detail := " ".join(part for part in (problem.detail, problem.advice) if part):
        body["detail"] = detail
    return Response(json.dumps(body, ensure_ascii=False), problem.status, mimetype=MEDIA_TYPE)


def respond(problem: Problem) -> Response:
    """The problem as page or document, whichever suits the request."""
    if wants_page():
        response = Response(render("error.html", {"problem": problem}), problem.status, mimetype="text/html")
    else:
        response = document(problem)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = VARY
    if problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = 'Link realm="operator"'  # RFC 9110, 11.6.1; browsers ask nothing
    if problem.allow:
        response.headers["Allow"] = ", ".join(problem.allow)
    return response


def _handle(error: Exception) -> Response | HTTPException:
    if isinstance(error, HTTPException) and (error.response is not None or (error.code or 500) < 400):
        return error  # a redirect, or an answer that a view made itself
    if "language" not in g:  # the error came before the language was chosen
        language.choose()
    problem = describe(error)
    if problem.status >= 500 and not isinstance(error, SearchUnavailable | Busy | Unavailable):
        structlog.get_logger().error("request failed", path=_place(), trace=_trace(error))
    return respond(problem)


def _place() -> str:
    """Which page it was; a link in a letter has its secret in its path, so of those only the rule is told."""
    rule = request.url_rule
    return rule.rule if rule is not None and "secret" in rule.arguments else request.path


def _trace(error: Exception) -> str:
    """Where it happened, without the values of variables: those may be what nobody is to read."""
    return "".join(traceback.format_exception(error))


def install(app: Flask) -> None:
    """Every error of every view ends here. In debug mode an unforeseen one is left to the debugger."""
    for kind in (HTTPException, SuishuError, SearchUnavailable, CursorInvalid):
        app.register_error_handler(kind, _handle)
    if not app.debug:
        app.register_error_handler(Exception, _handle)
    app.register_error_handler(InternalServerError, _handle)
