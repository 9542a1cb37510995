"""
A document checked against our profiles: the page at /check, the interface at /api/check. Both answer in HTML, JSON or
as a sh:ValidationReport, by the Accept header; where that leaves the choice, the page says HTML, the interface JSON.
"""

import json
import threading
import time
from collections import Counter
from dataclasses import asdict
from typing import Any, cast

from flask import Blueprint, Response, current_app, redirect, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from app.checking.model import MAX_BYTES, TIME_LIMIT_S, Asked, Checked, Failed
from app.checking.service import CheckingService
from app.settings import Settings
from app.web import language
from app.web.budget import Budget
from app.web.flood import asker
from app.web.language import gettext as _
from app.web.negotiation import Offer, choose
from app.web.pages import page
from app.web.permissions import public
from app.web.problems import Problem, document
from app.web.rdf import HTML, SYNTAXES
from shapes.profile import PROFILES
from vocab.rdf import Format, serialize

blueprint = Blueprint("check", __name__)

_JSON = Offer("json", ("application/json",))
_FORM = ("application/x-www-form-urlencoded", "multipart/form-data")
_STATE = "suishu-check"
_WORK_S = 60.0
"""Of checking that one client may have in a minute."""
_SOON_S = 5
_RECEIVING_AT_ONCE = 2
_PREFLIGHT = {
    "Allow": "POST, OPTIONS",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type",
    "Access-Control-Max-Age": "86400",
}
_OVERHEAD_BYTES = 100_000
_KEPT_BYTES = 300_000
"""Of an uploaded file that is given back in the text field, to be mended there."""
_AROUND = 1
"""Lines shown before and after a mistake."""


class _State:
    """What one web process keeps for its checks."""

    def __init__(self, settings: Settings) -> None:
        self.service = CheckingService(settings.home)
        self.budget = Budget(settings.home / "locks" / "check.budget", settings.secret().encode(), _WORK_S)
        self.receiving = threading.BoundedSemaphore(_RECEIVING_AT_ONCE)


@blueprint.record_once
def _make_state(state: BlueprintSetupState) -> None:
    state.app.extensions[_STATE] = _State(state.app.extensions["suishu"].settings)


@blueprint.get("/check")
@public
def form() -> Response:
    return _page()


@blueprint.post("/check")
@public
def check() -> Response:
    return _answer((HTML, _JSON, *SYNTAXES))


@blueprint.route("/validate", methods=["GET", "POST"])
@public
def validate() -> Response:
    """By the name that other validators have."""
    query = request.query_string.decode(errors="replace")
    target = f"{request.script_root}/check{'?' if query else ''}{query}"
    return cast(Response, redirect(target, 308))


@blueprint.route("/api/check", methods=["POST", "OPTIONS"], provide_automatic_options=False)
@public
def check_for_programs() -> Response:
    if request.method == "OPTIONS":
        return Response(status=204, headers=_PREFLIGHT)
    response = _answer((_JSON, *SYNTAXES, HTML))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(offers: tuple[Offer, ...]) -> Response:
    named = next((each for each in offers if each.name == request.args.get("report")), None)
    wanted = named or choose(request.headers.get("Accept", ""), offers)
    if wanted is None:
        detail = _("检查结果有 HTML、JSON、Turtle、N-Triples、RDF/XML、JSON-LD，请调整 Accept 请求头。")
        return document(Problem(406, _("没有可以提供的格式"), detail))
    outcome = _outcome()
    if isinstance(outcome, Problem):
        if wanted is HTML:
            return _page(problem=outcome)
        response = document(outcome)
    elif wanted is HTML:
        return _page(outcome)
    elif wanted.name == _JSON.name:
        response = Response(json.dumps(body(outcome), ensure_ascii=False), mimetype="application/json")
    else:
        syntax = next(each for each in SYNTAXES if each.name == wanted.name)
        report = serialize(outcome.report.encode(), syntax.format)
        response = Response(report, content_type=f"{syntax.media_types[0]}; charset=utf-8")
    if named and not isinstance(outcome, Problem):
        ending = next((each.extension for each in SYNTAXES if each.name == named.name), ".json")
        response.headers["Content-Disposition"] = f'attachment; filename="report{ending}"'
    return _headed(response, outcome)


def body(checked: Checked) -> dict[str, Any]:
    """The outcome for programs; messages in both languages."""
    said = asdict(checked)
    del said["report"]
    said["notes"] = [{"zh-Hans": zh, "en": en} for zh, en in checked.notes]
    for result in said["results"]:
        result["line"] = result["line"] or None
        del result["excerpt"], result["excerpt_from"]
    return said


def _outcome() -> Checked | Problem:
    state = cast(_State, current_app.extensions[_STATE])
    client = asker()
    if wait_s := state.budget.wait_s(client):
        detail = _("请在 %(wait)s 秒后再试。") % {"wait": wait_s}
        return Problem(429, _("检查太频繁"), detail, retry_after_s=wait_s)
    if not state.receiving.acquire(blocking=False):  # a thread waits for a body as long as its sender likes
        return _busy()
    try:
        asked, data = _read()
    except RequestEntityTooLarge:
        return _large()
    except ValueError as error:
        return Problem(400, _("检查请求有误"), str(error))
    finally:
        state.receiving.release()
    began = time.monotonic()
    outcome = state.service.check(asked, data)
    if not (isinstance(outcome, Failed) and outcome.kind == "busy"):
        state.budget.charge(client, time.monotonic() - began)
    return outcome if isinstance(outcome, Checked) else _problem(outcome, data)


def _read() -> tuple[Asked, bytes]:
    """What is asked, and the document. Raises ValueError, in the reader's language, for what can't be asked."""
    request.max_content_length = 3 * MAX_BYTES + _OVERHEAD_BYTES  # a form may need three bytes for one
    request.max_form_memory_size = request.max_content_length
    if request.mimetype in _FORM:
        arguments = request.form | request.args
        upload = request.files.get("file")
        data, filename = (upload.read(), upload.filename or "") if upload else (b"", "")
        text, content_type = arguments.get("text", ""), ""
        if not data and text.strip() and arguments.get("url", "").strip():
            raise ValueError(_("粘贴的文档和地址同时填写了，请清空其中一个。"))
        data = data or text.encode()
    else:
        arguments, filename, content_type = request.args, "", request.content_type or ""
        data = request.get_data()
    profile, format_ = arguments.get("profile") or "guangzhou", arguments.get("format") or ""
    url = "" if data else arguments.get("url", "").strip()
    if profile not in PROFILES:
        raise ValueError(_("没有“%(name)s”这个规则，可用的有：%(names)s。") % _named(profile, PROFILES))
    if format_ and format_ not in _formats():
        raise ValueError(_("没有“%(name)s”这种格式，可用的有：%(names)s。") % _named(format_, _formats()))
    if not data.strip() and not url:
        raise ValueError(_("请粘贴文档、选择文件或填写地址。"))
    return Asked(profile, format_, url, filename, content_type), data


def _named(name: str, names: tuple[str, ...]) -> dict[str, str]:
    return {"name": name[:50], "names": ", ".join(names)}


def _formats() -> tuple[str, ...]:
    return tuple(each.value for each in Format)


def _problem(failed: Failed, data: bytes) -> Problem:
    bad = _("文档无法检查")
    if failed.kind == "busy":
        return _busy()
    if failed.kind == "large":
        return _large()
    if failed.kind == "syntax":
        said = failed.zh if language.current().tag.startswith("zh") else failed.en
        more: dict[str, Any] = {"line": failed.line, "excerpt": _around(data, failed.line)} if failed.line else {}
        return Problem(422, _("文档有语法错误"), said, more=more)
    if failed.kind == "address":
        detail = _("无法读取这个地址：只读取公网上的 http、https 地址，文档不超过 %(size)s MB。")
        return Problem(422, bad, detail % {"size": MAX_BYTES // 1_000_000}, _("也可以下载后粘贴或上传。"))
    if failed.kind == "time":
        detail = _("检查没有在 %(seconds)s 秒内完成。") % {"seconds": f"{TIME_LIMIT_S:g}"}
        return Problem(422, bad, detail, _("请分成较小的文档再检查。"))
    if failed.kind == "memory":
        return Problem(422, bad, _("检查这个文档需要的内存过多，或者嵌套过深。"), _("请分成较小的文档再检查。"))
    return Problem(422, bad, _("看不出文档的格式。"), _("请选择格式，并确认内容是 RDF 而不是网页或表格。"))


def _around(data: bytes, line: int) -> list[tuple[int, str]]:
    """The lines around a mistake with their numbers; none where the document was fetched by the worker."""
    lines = data.decode(errors="replace").splitlines()
    first = max(1, line - _AROUND)
    return [(first + number, text[:300]) for number, text in enumerate(lines[first - 1 : line + _AROUND])]


def _busy() -> Problem:
    return Problem(503, _("检查服务正忙"), _("同时进行的检查太多，请稍后再试。"), retry_after_s=_SOON_S)


def _large() -> Problem:
    detail = _("文档不能超过 %(size)s MB。") % {"size": MAX_BYTES // 1_000_000}
    return Problem(413, _("文档太大"), detail, _("请分成较小的文档再检查。"))


def _page(checked: Checked | None = None, problem: Problem | None = None) -> Response:
    profiles = {
        "guangzhou": _("本市目录规范（发布前的检查）"),
        "intake": _("采集的最低要求"),
        "dcat-ap": "DCAT-AP 3.0.1",
    }
    asked = request.values if request.method == "GET" or request.mimetype in _FORM else request.args
    response = page(
        "check.html",
        status=problem.status if problem else 200,
        checked=checked,
        problem=problem,
        profiles=profiles,
        formats={"ttl": "Turtle", "jsonld": "JSON-LD", "rdf": "RDF/XML", "nt": "N-Triples"},
        profile=asked.get("profile", "guangzhou"),
        format=asked.get("format", ""),
        text=asked.get("text", "") or _uploaded(),
        counts=Counter(result.severity for result in checked.results) if checked else {},
        reports={"json": "JSON", **{each.name: each.title for each in SYNTAXES}},
        url=asked.get("url", ""),
        size=MAX_BYTES // 1_000_000,
        severities={"violation": _("必须修改"), "warning": _("建议修改"), "info": _("提示")},
    )
    return _headed(response, problem)


def _uploaded() -> str:
    """An uploaded file as text, so that it can be mended and checked again; "" where it is large or no UTF-8."""
    upload = request.files.get("file") if request.method == "POST" and request.mimetype in _FORM else None
    if upload is None:
        return ""
    upload.seek(0)
    data = upload.read(_KEPT_BYTES + 1)
    try:
        return data.decode() if len(data) <= _KEPT_BYTES else ""
    except UnicodeDecodeError:
        return ""


def _headed(response: Response, outcome: Checked | Problem | None) -> Response:
    if request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    if isinstance(outcome, Problem) and outcome.retry_after_s is not None:
        response.headers["Retry-After"] = str(outcome.retry_after_s)
    return response
