"""`suishu sources` and `suishu runs`: what is harvested, and how it went."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from app.cli.operation import plan_as_json
from app.cli.operation import told as plan_told
from app.cli.output import answer_json, open_portal, reads_chinese, say, words
from app.errors import NotFound

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from app.harvesting.model import Counts, Run
    from app.harvesting.operation import SourceState
    from app.wiring import Portal

_COUNTS = (
    ("published", "已发布", "published"), ("held", "暂缓发布", "held"), ("quarantined", "隔离", "quarantined"),
    ("missing", "缺失", "missing"), ("withdrawn", "已撤回", "withdrawn"),
)  # fmt: skip
_SUMS = (
    ("seen", "读到", "seen"), ("new", "新增", "new"), ("changed", "有变化", "changed"),
    ("unchanged", "无变化", "unchanged"), ("quarantined", "隔离", "quarantined"), ("duplicate", "重复", "duplicate"),
    ("gone", "不再出现", "gone"),
)  # fmt: skip

_OUTCOMES = {"cancelled": ("已取消", "cancelled"), "stopped": ("已终止", "stopped")}
_ALERTS = {
    "failed": ("采集失败", "fails"), "shrunk": ("来源大幅减少", "has shrunk"),
    "stopped": ("采集进程被终止", "was stopped"),
}  # fmt: skip


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The sources as JSON, with their counts and last run.")
def sources(as_json: bool) -> None:
    """List the sources, what they have in the catalogue, and their last run (数据来源)."""
    from app.harvesting.model import Counts

    portal = open_portal()
    counts = portal.harvesting.counts()
    listed = [(state, counts.get(state.source.id, Counts())) for state in portal.operation.states()]
    if as_json:
        answer_json([_source_as_json(*each) for each in listed])
        return
    for state, count in listed:
        _tell_source(state, count, portal.settings.zone)
    if not listed:
        say("还没有数据来源；用 suishu harvest 采集一个。", "There is no source yet; `suishu harvest` adds one.")


@click.command()
@click.argument("source", required=False, default="")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Newest runs shown.")
@click.option("--json", "as_json", is_flag=True, help="The runs as JSON, with their whole reports.")
def runs(source: str, limit: int, as_json: bool) -> None:
    """List the newest runs of SOURCE, or of all sources (采集记录).

    SOURCE is an id, as `suishu sources` shows it. The first line of each run is its sums, the next why it stopped.
    """
    portal = open_portal()
    found = [run for id_ in _ids(portal, source) for run in portal.harvesting.runs(id_, limit)]
    found = sorted(found, key=lambda run: -run.id)[:limit]
    if as_json:
        answer_json([_run_as_json(run) for run in found])
        return
    for run in found:
        click.echo(f"#{run.id}  {_moment(run.started_at)}  {run.source_id}  {_outcome(run)}")
        if failure := words(run.report.failure_zh, run.report.failure_en):
            click.echo(f"    {failure}")
    if not found:
        say("还没有采集过。", "Nothing was harvested yet.")


def _ids(portal: "Portal", wanted: str) -> list[str]:
    known = [source.id for source in portal.harvesting.sources()]
    if not wanted:
        return known
    if wanted not in known:
        raise NotFound(
            f"没有名为 {wanted} 的来源；suishu sources 列出全部来源。",
            f"There is no source {wanted}; `suishu sources` lists them.",
        )
    return [wanted]


def _tell_source(state: "SourceState", counts: "Counts", zone: "ZoneInfo") -> None:
    source, last = state.source, state.run
    colon = words("：", ": ")
    click.echo(f"{source.id}  {source.title}")
    click.echo(f"    {_place(source.location)}")
    click.echo(
        f"    {words('规范', 'profile')}{colon}{source.profile} · {_listed(counts, _COUNTS, always='published')}"
    )
    told = words("还没有采集过", "never") if last is None else f"#{last.id} {_moment(last.started_at)} {_outcome(last)}"
    click.echo(f"    {words('最近一次采集', 'last run')}{colon}{told}")
    click.echo(f"    {words('采集计划', 'schedule')}{colon}{plan_told(state.plan, zone)}")
    for alert in state.alerts:
        click.secho(f"    ! {_ALERTS[alert.kind.value][not reads_chinese()]} ×{alert.times}{colon}"
                    f"{words(alert.words_zh, alert.words_en)}", fg="red")  # fmt: skip
    if state.deletion:
        number = state.deletion.id
        click.echo(
            f"    {words(f'待确认的删除：suishu deletions {number}', f'a deletion waits: suishu deletions {number}')}"
        )


def _outcome(run: "Run") -> str:
    if run.finished_at is None:
        return words("正在进行", "under way")
    sums = _listed(run.report, _SUMS, always="seen")
    if run.outcome and (told := _OUTCOMES.get(run.outcome.value)):
        return f"{words(*told)} · {sums}"
    return sums if run.report.complete else f"{words('未能读完', 'not read to its end')} · {sums}"


def _listed(holder: object, names: tuple[tuple[str, str, str], ...], *, always: str) -> str:
    """The counts that are not 0, in words; one of them whatever it is."""
    counted = ((getattr(holder, name), name, words(zh, en)) for name, zh, en in names)
    return " · ".join(f"{label} {count:,}" for count, name, label in counted if count or name == always)


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def _place(location: str) -> str:
    """The address without the name and password that may stand in it: terminals are logged and shown to others."""
    parts = urlsplit(location)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else location


def _source_as_json(state: "SourceState", counts: "Counts") -> dict[str, Any]:
    source, last = state.source, state.run
    return {
        "id": source.id,
        "title": source.title,
        "kind": source.kind.value,
        "profile": source.profile,
        "location": _place(source.location),
        "dialect": source.dialect or None,
        "added_at": source.added_at.isoformat(),
        "counts": asdict(counts),
        "plan": plan_as_json(state.plan),
        "alerts": [
            {**asdict(alert), "at": alert.at.isoformat(), "last_at": alert.last_at.isoformat()}
            for alert in state.alerts
        ],
        "held_deletion": state.deletion.id if state.deletion else None,
        "last_run": _run_as_json(last) if last else None,
    }


def _run_as_json(run: "Run") -> dict[str, Any]:
    return {
        "run": run.id,
        "source_id": run.source_id,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "outcome": run.outcome.value if run.outcome else None,
        "started_by": run.started_by,
        "attempts": run.attempts,
        **asdict(run.report),
        "recorded": run.report.recorded,
    }


COMMANDS = (sources, runs)
