"""`suishu harvest` and `suishu demo`: how records come in."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.output import Bar, answer_json, open_portal, progress, say, words
from app.cli.waited import ends_with_parent
from app.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from app.catalogue.model import SourceKind
    from app.harvesting.model import Run
    from app.wiring import Portal
    from harvest.record import RunReport

DIALECTS = ("dcat", "ldes", "ckan", "datajson", "table", "portal-json", "sparql", "csw", "waf")
"""Those of `harvest.sources`, which takes too long to import for a word of help."""
DEMO = Path(__file__).parents[1] / "demo" / "sources.yaml"
_COUNTS = (
    ("seen", "读到", "seen"), ("new", "新增", "new"), ("changed", "有变化", "changed"),
    ("unchanged", "无变化", "unchanged"), ("quarantined", "隔离", "quarantined"), ("duplicate", "重复", "duplicate"),
    ("gone", "不再出现", "gone"),
)  # fmt: skip
_HELD = ("暂缓发布", "held")
_WORTH_A_PROCESS = 400
"""So many entries to project are more work than opening graph and index in a process of its own."""


@click.command()
@click.argument("source", metavar="SOURCE_OR_FILE_OR_URL")
@click.option("--as", "dialect", type=click.Choice(DIALECTS), help="Dialect. Default: guessed.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False), help="Mapping of names and codes (YAML).")
@click.option(
    "--profile",
    type=click.Choice(["guangzhou", "intake"]),
    help="guangzhou: a publisher of the city; what fails the profile is held from the public. "
    "intake (default): another portal's catalogue.",
)
@click.option("--title", default="", help="Name of the source, for people.")
@click.option("--id", "id_", default="", help="Id of the source; a known one moves here. Default: from the address.")
@click.option("--preview", is_flag=True, help="Tell what a harvest would do, with samples, and write nothing.")
@click.option("--withdraw-missing", is_flag=True, help="What the source no longer has is really gone: withdraw it now.")
@ends_with_parent
@click.option("--confined", is_flag=True, hidden=True)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def harvest(
    source: str, dialect: str | None, mapping: str | None, profile: str | None, title: str, id_: str,
    preview: bool, withdraw_missing: bool, confined: bool, as_json: bool,
) -> None:  # fmt: skip
    """Harvest a source into the catalogue (采集数据目录).

    SOURCE is a known source's id, a file, or an http(s) address; a new place becomes a source. Ends with the report.
    A record in quarantine is no failure; exit status 1 means that nothing could be read.
    """
    from app.catalogue.model import SourceKind

    _tell_of_retries()
    kind = {"guangzhou": SourceKind.OWN, "intake": SourceKind.FEDERATED, None: None}[profile]
    portal = open_portal()
    if confined:  # a page waits for it
        from app.harvesting.apart import PATIENCE_S
        from app.sandbox import confine

        confine(portal.settings.harvest_memory_limit_mb, PATIENCE_S)
    if preview:
        _preview(portal, source, dialect or "", mapping or "", kind, as_json)
        return
    with beside(portal) as begin, progress(words("采集", "Harvesting")) as bar:

        def tell(report: "RunReport") -> None:
            bar(report.seen, words=_sums(report))
            if report.new + report.changed >= _WORTH_A_PROCESS:
                begin()

        run = portal.harvesting.harvest_location(
            source,
            dialect=dialect or "",
            mapping=mapping or "",
            kind=kind,
            title=title,
            id_=id_,
            withdraw_missing=withdraw_missing,
            progress=tell,
        )
    project(portal)
    show(run, held_of(portal, run), as_json)
    if nothing_read(run.report):
        sys.exit(1)


def _preview(
    portal: "Portal", source: str, dialect: str, mapping: str, kind: "SourceKind | None", as_json: bool
) -> None:
    with progress(words("预览", "Previewing")) as bar:
        found = portal.harvesting.preview(
            source,
            dialect=dialect,
            mapping=mapping,
            kind=kind,
            progress=lambda report: bar(report.seen, words=_sums(report)),
        )
    report = found.report
    if as_json:
        samples = {kind: [asdict(each) for each in each_kind] for kind, each_kind in found.samples.items()}
        sums = {"held": found.held, "would_withdraw": found.withdrawn, "would_wait": found.waiting}
        answer_json({"preview": True, **asdict(report), **sums, "changes": samples})
    else:
        say("预览：没有写入任何内容。", "A preview: nothing was written.")
        _tell(report, "", found.held, preview=True)
        if found.waiting:
            say(f"{found.waiting} 条缺失将等待人工确认。", f"{found.waiting} missing entries would wait for a person.")
        for name, zh, en in (*_COUNTS, ("held", *_HELD)):
            for each in found.samples.get(name, []):
                click.echo(f"{words(zh, en)}: {each.title or each.key[:200]}  {' '.join(each.rules)}".rstrip())
                for mark, lines in (("-", each.removed), ("+", each.added)):
                    for line in lines:
                        click.echo(f"    {mark} {line}")
    if nothing_read(report):
        sys.exit(1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--serve/--no-serve", default=True, help="Serve the portal afterwards. [default: serve]")
def demo(host: str, port: int, serve: bool) -> None:
    """Harvest the bundled demonstration catalogue and serve it (演示目录).

    Where no way for letters is set they are written to the folder mail of the home, so that signing up can be tried.
    """
    from pydantic import SecretStr

    # Links in letters lead to where this portal is served.
    portal = open_portal(mail_url=SecretStr("folder:"), base_url=f"http://127.0.0.1:{port}")
    failed = 0
    for entry in _demo_sources():
        with progress(entry["title"]) as bar:
            run = _harvest_demo(portal, entry, bar)
        sums = _sums(run.report, held_of(portal, run))
        say(f"{entry['title']}：{sums}", f"{entry['title']}: {sums}")
        failed += nothing_read(run.report)
    project(portal)
    if failed:
        raise Misconfigured(
            "演示目录无法读取，请重新安装。", "The demonstration catalogue can't be read; install again."
        )
    if serve:
        from app.cli.running import run_server

        portal.close()
        run_server(portal.settings, host, port)


def _tell_of_retries() -> None:
    """One line in words for each wait, instead of stamina's own line for its log."""
    from stamina.instrumentation import RetryDetails, set_on_retry_hooks

    def tell(details: RetryDetails) -> None:
        wait = f"{details.wait_for:.0f}" if details.wait_for >= 1 else f"{details.wait_for:.1f}"
        say(f"来源忙或没有应答，{wait} 秒后重试。", f"The source is busy or does not answer; asking again in {wait} s.")

    set_on_retry_hooks([tell])


def _demo_sources() -> list[dict[str, str]]:
    import yaml

    if not DEMO.exists():
        raise Misconfigured(f"没有找到演示目录：{DEMO}", f"The demonstration catalogue is not there: {DEMO}")
    return list(yaml.safe_load(DEMO.read_text(encoding="utf-8")))


def _harvest_demo(portal: "Portal", entry: dict[str, str], bar: Bar) -> "Run":
    from app.catalogue.model import SourceKind

    return portal.harvesting.harvest_location(
        str(DEMO.parent / entry["file"]),
        id_=entry["id"],
        kind=SourceKind(entry.get("kind", "own")),
        title=entry["title"],
        dialect=entry.get("dialect", ""),
        mapping=str(DEMO.parent / entry["mapping"]) if "mapping" in entry else "",
        progress=lambda report: bar(report.seen, words=_sums(report)),
    )


def beside(portal: "Portal") -> "AbstractContextManager[Callable[[], None]]":
    """A process that projects what is recorded meanwhile."""
    from app.processes.companion import companion

    return companion(portal.settings)


def project(portal: "Portal") -> None:
    """Brings search and the public graph up to date, unless they are, or a running server does it."""
    from app.processes.keeper import catch_up, is_followed

    if is_followed(portal):
        return
    with progress(words("更新检索与图谱", "Updating search and graph")) as bar:
        followed = catch_up(portal, progress=bar)
    if not followed:
        say("正在运行的门户会更新检索与图谱。", "The running portal brings search and graph up to date.")


def held_of(portal: "Portal", run: "Run") -> int:
    """How many entries of the run's source are held from the public now."""
    counts = portal.harvesting.counts().get(run.source_id)
    return counts.held if counts else 0


def show(run: "Run", held: int, as_json: bool) -> None:
    report = run.report
    if as_json:
        known = {"run": run.id, "source_id": run.source_id} if run.id else {"run": None, "source_id": None}
        answer_json({**known, **asdict(report), "recorded": report.recorded, "held": held})
    else:
        _tell(report, run.source_id if run.id else "", held)


def _tell(report: "RunReport", source_id: str, held: int, *, preview: bool = False) -> None:
    if preview:
        click.echo(report.source)
    elif source_id:
        click.echo(words(f"来源 {source_id}（{report.source}）", f"Source {source_id} ({report.source})"))
    else:
        click.echo(
            words(
                f"{report.source}：没有读到记录，未登记为来源。",
                f"{report.source}: nothing read, not added as a source.",
            )
        )
    from app.harvesting.reasons import in_words

    for name, zh, en in _COUNTS:
        click.echo(f"  {words(zh, en):<12} {getattr(report, name):>8}")
    click.echo(f"  {words(*_HELD):<12} {held:>8}")
    for reason, count in sorted(report.reasons.items(), key=lambda pair: -pair[1])[:20]:
        rule, _, value = reason.partition(": ")
        reason_words = in_words(rule)
        click.echo(f"  {count:>6} × {words(reason_words.zh, reason_words.en)}" + (f" {value}" if value else ""))
        for sample in report.samples.get(reason, [])[:2]:
            click.echo(f"           {sample}")
    if report.incremental:
        say("来源只给出上次以来的变化，未提到的数据集仍然有效。", "The source told only what changed; the rest stands.")
    click.echo(words(f"用时 {report.seconds:.1f} 秒", f"Took {report.seconds:.1f} s"))
    if report.failure_en:
        click.secho(words(report.failure_zh, report.failure_en), fg="red", err=True)


def nothing_read(report: "RunReport") -> bool:
    """A source that says that nothing changed was read."""
    return report.seen == 0 and not (report.complete and report.incremental)


def _sums(report: "RunReport", held: int = 0) -> str:
    parts = [(getattr(report, name), words(zh, en)) for name, zh, en in _COUNTS[1:]]
    parts.append((held, words(*_HELD)))
    return " · ".join(f"{label} {count}" for count, label in parts if count)


COMMANDS = (harvest, demo)
