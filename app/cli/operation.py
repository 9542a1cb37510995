"""`suishu schedule`, `cancel`, `deletions` and `changes`: what runs by itself, and what a person says of it."""

from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from app.audit.events import COMMAND_LINE
from app.cli.output import answer_json, open_portal, say, words
from app.errors import NotFound

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from app.harvesting.model import HeldDeletion, Plan
    from app.wiring import Portal

_LIMITS = (
    ("pages", int, "Documents that one run asks for."),
    ("records", int, "Records that one run reads."),
    ("megabytes", int, "Of all documents of one run together."),
    ("run-s", float, "Seconds that a run may take."),
    ("pause-s", float, "Seconds between two requests, at least."),
    ("grace-days", int, "Days before what is missing is withdrawn."),
    ("missing-percent", float, "More missing than that waits for a person."),
)
_ENTRIES_SHOWN = 20


def _with_limits(command: Any) -> Any:
    for name, kind, help_ in reversed(_LIMITS):
        command = click.option(f"--{name}", type=kind, help=f"{help_} Default: the settings.")(command)
    return command


@click.command()
@click.argument("source")
@click.argument("when", nargs=-1)
@click.option("--off", is_flag=True, help="Take the schedule away.")
@click.option("--now", is_flag=True, help="Begin a run as soon as a worker of the portal is free.")
@click.option("--pause/--go-on", "paused", default=None, help="Begin nothing by itself for a while; go on again.")
@click.option("--reset-limits", is_flag=True, help="All limits as the settings say.")
@_with_limits
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON.")
def schedule(
    source: str, when: tuple[str, ...], off: bool, now: bool, paused: bool | None, reset_limits: bool, as_json: bool,
    **limits: Any,
) -> None:  # fmt: skip
    """Say WHEN a source is harvested by itself, and what it may cost; or show it (采集计划).

    WHEN is cron's words or plain ones: "0 3 * * *", daily 03:00, every 6 hours, 每周一 08:30. Runs begin where the
    portal is served.
    """
    from app.harvesting.model import SourceLimits

    portal = open_portal()
    operation = portal.operation
    plan = operation.state(source).plan
    said = {name: value for name, value in limits.items() if value is not None}
    if reset_limits or said:
        plan = operation.limit(
            source, replace(SourceLimits() if reset_limits else plan.limits, **said), by=COMMAND_LINE
        )
    if when or off:
        plan = operation.plan(source, "" if off else " ".join(when), by=COMMAND_LINE)
    if paused is not None:
        plan = operation.pause(source, by=COMMAND_LINE) if paused else operation.go_on(source, by=COMMAND_LINE)
    if now:
        operation.want(source, by=COMMAND_LINE)
        plan = operation.state(source).plan
    if as_json:
        answer_json(plan_as_json(plan))
    else:
        click.echo(f"{source}  {told(plan, portal.settings.zone)}")
        for name, value in asdict(plan.limits).items():
            if value is not None:
                click.echo(f"    {name} = {value:,}")


@click.command()
@click.argument("source")
def cancel(source: str) -> None:
    """End the run of SOURCE that goes on, or take back one that was asked for (取消采集)."""
    open_portal().operation.cancel(source, by=COMMAND_LINE)
    say("已要求取消；已读到的记录正常保存。", "Asked to end; what has been read by then is kept.")


@click.command()
@click.argument("deletion", required=False, type=int)
@click.option("--confirm", is_flag=True, help="It is really gone: withdraw it now.")
@click.option("--reject", is_flag=True, help="It is not gone: keep it.")
@click.option("--source", default="", help="Only of this source.")
@click.option("--all", "decided", is_flag=True, help="Those that were decided.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def deletions(
    deletion: int | None, confirm: bool, reject: bool, source: str, decided: bool, as_json: bool
) -> None:  # fmt: skip
    """List the deletions that wait for a person, show one, or decide it (待确认的删除)."""
    portal = open_portal()
    if (confirm and reject) or ((confirm or reject) and deletion is None):
        raise click.UsageError(
            words("请给出编号，并选择 --confirm 或 --reject。", "Give a number, and one of --confirm and --reject.")
        )
    if deletion is None:
        found = portal.operation.deletions(source, decided=decided)
        if as_json:
            answer_json([_deletion_as_json(each) for each in found])
            return
        for each in found:
            click.echo(_deletion(each))
        if not found:
            say("没有待确认的删除。", "No deletion waits for a person.")
        return
    if confirm:
        count = portal.operation.confirm(deletion, by=COMMAND_LINE)
        _project(portal)
        say(f"已撤回 {count} 个条目。", f"{count} entries are withdrawn.")
    elif reject:
        portal.operation.reject(deletion, by=COMMAND_LINE)
        say("已保留这些条目。", "These entries are kept.")
    _show(portal, deletion, as_json)


@click.command()
@click.argument("run", type=int)
@click.option("--what", default="", help="new, changed, quarantined, missing, returned, withdrawn, released or closed.")
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def changes(run: int, what: str, page: int, as_json: bool) -> None:
    """Show what RUN did to which entry, with the statements that differ (采集差异)."""
    from app.harvesting.model import ChangeKind

    portal = open_portal()
    counts = portal.operation.run_counts(run)
    if portal.harvesting.run(run) is None:
        raise NotFound(f"没有编号为 {run} 的采集。", f"There is no run {run}.")
    kinds = [kind for kind in ChangeKind if counts.get(kind) and what in ("", kind.value)]
    found = [
        (each, _difference(portal, each)) for kind in kinds for each in portal.operation.run_changes(run, kind, page)
    ]
    if as_json:
        answer_json([{**asdict(each), "added": added, "removed": removed} for each, (added, removed) in found])
        return
    for each, (added, removed) in found:
        click.echo(f"{each.what.value:<12} {each.dataset_id}  {each.title}")
        for mark, lines in (("-", removed), ("+", added)):
            for line in lines:
                click.echo(f"    {mark} {line}")
    if not found:
        say("这次采集没有改变任何条目。", "This run changed no entry.")


def _difference(portal: "Portal", change: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if change.what.value != "changed":
        return (), ()
    return portal.operation.difference(change.dataset_id, change.version)


def told(plan: "Plan", zone: "ZoneInfo") -> str:
    """A plan in one line."""
    parts = [plan.schedule or words("不自动采集", "not harvested by itself")]
    if plan.is_paused:
        parts.append(words("已暂停", "paused"))
    elif plan.next_at:
        parts.append(words("下次", "next") + f" {moment(plan.next_at, zone)}")
    if plan.wanted_by:
        parts.append(words("等待执行", "waiting for a worker"))
    return " · ".join(parts)


def moment(at: datetime, zone: "ZoneInfo") -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def plan_as_json(plan: "Plan") -> dict[str, Any]:
    said = {each.name: getattr(plan, each.name) for each in fields(plan)}
    next_at = plan.next_at.isoformat() if plan.next_at else None
    return {**said, "next_at": next_at, "limits": {n: v for n, v in asdict(plan.limits).items() if v is not None}}


def _deletion(held: "HeldDeletion") -> str:
    share = 100 * held.missing / held.total if held.total else 0
    return (
        f"#{held.id}  {held.at.astimezone():%Y-%m-%d %H:%M}  {held.source_id}  "
        + words(
            f"缺少 {held.missing:,} / {held.total:,}（{share:.0f}%）",
            f"{held.missing:,} of {held.total:,} missing ({share:.0f} %)",
        )
        + ("" if held.state.value == "held" else f"  {held.state.value} {held.decided_by}")
    )


def _deletion_as_json(held: "HeldDeletion") -> dict[str, Any]:
    moments = {name: getattr(held, name) for name in ("at", "decided_at")}
    return {**asdict(held), **{name: at.isoformat() if at else None for name, at in moments.items()}}


def _show(portal: "Portal", id_: int, as_json: bool) -> None:
    held = portal.operation.deletion(id_)
    entries = portal.operation.deletion_entries(id_, limit=_ENTRIES_SHOWN)
    if as_json:
        answer_json({**_deletion_as_json(held), "entries": [{"id": each, "title": title} for each, title in entries]})
        return
    click.echo(_deletion(held))
    for each, title in entries:
        click.echo(f"    {each}  {title}")
    if held.missing > len(entries):
        say(f"另有 {held.missing - len(entries)} 个未列出。", f"{held.missing - len(entries)} more are not listed.")


def _project(portal: "Portal") -> None:
    from app.cli.harvesting import project

    project(portal)


COMMANDS = (schedule, cancel, deletions, changes)
