"""Why a query has no answer, in the reader's language, each with what to do about it."""

from dataclasses import asdict

from app.settings import Settings
from app.sparql import mistakes
from app.sparql.formats import NAMES
from app.sparql.reception import Denied
from app.sparql.request import MAX_QUERY_BYTES
from app.sparql.wire import Head
from app.web.language import gettext as _
from app.web.problems import Problem

_SOON_S = 2
_SHOWN_PREFIXES = 8


def unfit(word: str) -> Problem:
    bad = _("查询请求有误")
    if word == "update":
        return Problem(403, _("这里只能查询"), _("SPARQL 更新操作不被接受，公开图谱是只读的。"))
    if word == "media-type":
        return Problem(
            415, bad, _("POST 的内容类型只支持 application/x-www-form-urlencoded 和 application/sparql-query。")
        )
    if word == "several-queries":
        return Problem(400, bad, _("一次请求只能有一个 query 参数。"))
    if word == "too-long":
        return Problem(413, bad, _("查询超过 %(limit)s 字节，请缩短后重试。") % {"limit": MAX_QUERY_BYTES})
    if word == "not-utf-8":
        return Problem(400, bad, _("查询必须是 UTF-8 文本。"))
    return Problem(400, bad, _("请在 query 参数中给出 SPARQL 查询。"))


def unknown_format(name: str) -> Problem:
    detail = _("没有“%(name)s”这种格式。可用的有：%(names)s。")
    return Problem(400, _("查询请求有误"), detail % {"name": name[:50], "names": ", ".join(NAMES)})


def not_acceptable() -> Problem:
    return Problem(
        406,
        _("没有可以提供的格式"),
        _(
            "SELECT、ASK 的结果有 JSON、XML、CSV、TSV，"
            "CONSTRUCT、DESCRIBE 的结果有 Turtle、N-Triples、RDF/XML、JSON-LD。"
        ),
        _("请调整 Accept 请求头，或使用 format 参数。"),
    )


def _busy() -> Problem:
    return Problem(503, _("查询服务正忙"), _("同时进行的查询太多，请稍后再试。"), retry_after_s=_SOON_S)


def denied(reason: Denied, settings: Settings) -> Problem:
    """What the portal itself would not, or could not do."""
    if reason.word == "busy":
        return _busy()
    if reason.word == "over-budget":
        return _over_budget(settings.sparql_budget_s, reason.wait_s)
    if reason.word == "no-worker":
        return _no_worker()
    return ended(settings.sparql_time_limit_s) if reason.word == "ended" else _crashed()


def _over_budget(work_s: float, wait_s: int) -> Problem:
    return Problem(
        429,
        _("查询太频繁"),
        _("每分钟最多使用 %(work)s 秒查询时间，请在 %(wait)s 秒后再试。") % {"work": f"{work_s:g}", "wait": wait_s},
        _("需要全部数据时请使用整库下载。"),
        retry_after_s=wait_s,
    )


def _no_worker() -> Problem:
    return Problem(503, _("查询服务暂时不可用"), _("现在没有空闲的查询进程，请稍后再试。"), retry_after_s=_SOON_S)


def ended(limit_s: float) -> Problem:
    return Problem(
        503,
        _("查询超过时限，已被终止"),
        _("一次查询最多 %(limit)s 秒。") % {"limit": f"{limit_s:g}"},
        _("请缩小范围、添加条件或 LIMIT；需要全部数据时请使用整库下载。"),
    )


def _crashed() -> Problem:
    return Problem(
        503,
        _("查询超过资源限制，已被终止"),
        _("查询需要的内存过多，或者嵌套过深。"),
        _("请简化查询，减少排序、分组或嵌套。"),
    )


def refused(head: Head, query: str) -> Problem:
    """What a worker refused, and of which query."""
    bad = _("查询有误")
    if head.refusal == "syntax":
        return _unreadable(query, head.detail)
    if head.refusal == "service":
        return Problem(403, _("不支持 SERVICE"), _("本服务不向其他端点转发查询，请去掉 SERVICE 部分。"))
    if head.refusal == "update":
        return Problem(400, _("这里只能查询"), _("%(word)s 是更新操作，公开图谱是只读的。") % {"word": head.detail})
    if head.refusal == "unknown-graph":
        return Problem(
            400, bad, _("没有名为 %(graph)s 的图，也不会从别处读取。") % {"graph": head.detail[:300]},
            _("每个数据集的图以它的 URI 命名。"),
        )  # fmt: skip
    if head.refusal.endswith("not-acceptable"):
        return not_acceptable()
    if head.refusal == "unreachable":
        return Problem(
            503, _("查询服务暂时不可用"), _("存放公开图谱的服务器没有应答，请稍后再试。"), retry_after_s=_SOON_S
        )
    if head.refusal == "nothing-published":
        return Problem(503, _("查询服务暂时不可用"), _("公开图谱还没有准备好，请稍后再试。"), retry_after_s=_SOON_S)
    return Problem(400, bad, _("查询无法执行：%(detail)s") % {"detail": head.detail})


def _unreadable(query: str, complaint: str) -> Problem:
    """One sentence with line and column, in place of all that the grammar would have allowed there."""
    if missing := mistakes.undeclared(query, complaint):
        return _undeclared(missing)
    found = mistakes.mistake(query, complaint)
    if found.kind == "empty":
        words = _("查询是空的。")
    elif found.kind == "ends":
        words = _("到第 %(line)s 行第 %(column)s 列为止，查询还没有写完，可能少了括号或引号。")
    elif found.kind == "iri":
        words = _("第 %(line)s 行第 %(column)s 列的 %(text)s 不是完整的 IRI。")
    elif found.kind == "unbound":
        words = _("到第 %(line)s 行第 %(column)s 列为止的 SELECT 中，有变量既不在 GROUP BY 里，也没有放进聚合函数。")
    else:
        words = _("从第 %(line)s 行第 %(column)s 列的“%(text)s”起，无法按 SPARQL 语法解读。")
    detail = words % {"line": found.place.line, "column": found.place.column, "text": found.text}
    return Problem(400, _("查询不符合 SPARQL 语法"), detail, more=asdict(found.place))


def _undeclared(missing: tuple[mistakes.Undeclared, ...]) -> Problem:
    shown = missing[:_SHOWN_PREFIXES]
    one = _("%(prefix)s:（第 %(line)s 行第 %(column)s 列）")
    names = [one % {"prefix": each.prefix, "line": each.place.line, "column": each.place.column} for each in shown]
    lines = "".join(f"\nPREFIX {each.prefix}: <{each.namespace or '…'}>" for each in shown)
    advice = _("请在查询开头加上：%(lines)s") % {"lines": lines}
    if not all(each.namespace for each in shown):
        advice += "\n" + _("其中“…”处填写词表的地址。")
    detail = _("查询用到了没有声明的前缀：%(names)s") % {"names": _("、").join(names)}
    return Problem(400, _("缺少前缀声明"), detail, advice, more=asdict(shown[0].place))
