"""`suishu audit`: whether the audit log is as it was written, its newest hash, and all of it as a file."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from app.audit.chain import head as read_head
from app.cli.output import answer_json, open_portal, say, words
from app.errors import Invalid

if TYPE_CHECKING:
    from app.audit.chain import Verdict
    from app.wiring import Portal

_MOMENTS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")


@click.group()
def audit() -> None:
    """The audit log: who did what to what, when (审计日志)."""


@audit.command()
@click.option("--file", type=click.File("rb"), help="Instead: an export, for which no database is needed; - is stdin.")
@click.option(
    "--head", "heads", multiple=True, help="number:hash, noted elsewhere; must be in the log. May be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def verify(file: BinaryIO | None, heads: tuple[str, ...], as_json: bool) -> None:
    """Find any row that was changed, taken out, put in, swapped or cut off (核验审计日志).

    Reads all rows against each other, against the newest hashes that this machine noted in audit-heads.jsonl of its
    home, and against each --head. Exit status 1 when anything is not as it was written.
    """
    also = [read_head(said) for said in heads]
    if file is not None:
        from app.audit.log import verify_file

        verdict = verify_file(file, also)
    else:
        verdict = open_portal().audit.verify(also)
    if as_json:
        answer_json(_as_json(verdict))
    else:
        _tell(verdict)
    if verdict.findings:
        sys.exit(1)


@audit.command()
def head() -> None:
    """Print the newest row's number and hash, to be noted where nobody who can write the database can (当前链头)."""
    found = open_portal().audit.head()
    if found is None:
        say("审计日志还是空的。", "The audit log is empty.")
        sys.exit(1)
    click.echo(str(found))


@audit.command()
@click.option(
    "--since", type=click.DateTime(_MOMENTS), help="Rows from this time on; without a zone: SUISHU_TIME_ZONE."
)
@click.option("--until", type=click.DateTime(_MOMENTS), help="Rows before this time.")
@click.option("--output", "-o", type=click.File("wb"), default="-", help="File. Default: standard output.")
def export(since: datetime | None, until: datetime | None, output: BinaryIO) -> None:
    """Write the log as JSON Lines, which `suishu audit verify --file` checks anywhere (导出审计日志).

    With times: one whole stretch of it, from the first row of that time to the last.
    """
    portal = open_portal()
    portal.audit.export(output, _zoned(since, portal), _zoned(until, portal))
    output.flush()


def _zoned(said: datetime | None, portal: "Portal") -> datetime | None:
    from app.audit.log import FIRST_YEAR, LAST_YEAR

    if said and not FIRST_YEAR <= said.year <= LAST_YEAR:
        raise Invalid(
            f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。", f"A year is between {FIRST_YEAR} and {LAST_YEAR}."
        )
    return said.replace(tzinfo=portal.settings.zone) if said and said.tzinfo is None else said


def _as_json(verdict: "Verdict") -> dict[str, Any]:
    return {
        "rows": verdict.rows,
        "head": str(verdict.head) if verdict.head else None,
        "heads": verdict.heads,
        "findings": [{"id": each.id, "message": words(each.zh, each.en)} for each in verdict.findings],
    }


def _tell(verdict: "Verdict") -> None:
    for each in verdict.findings:
        click.echo(words(each.zh, each.en))
    if verdict.findings:
        say(
            f"审计日志与写入时不符：读了 {verdict.rows:,} 条，以上至多列出 {len(verdict.findings)} 处。",
            f"The audit log is not as it was written: {verdict.rows:,} rows read, {len(verdict.findings)} findings.",
        )
        return
    say(
        f"{verdict.rows:,} 条记录前后衔接，与 {verdict.heads} 处库外记录的链头相符。",
        f"{verdict.rows:,} rows hang together and hold {verdict.heads} heads that were noted outside the database.",
    )
    if verdict.rows and not verdict.heads:
        say(
            "没有库外链头可比：末尾是否被截去、整条链是否被重写，无从得知。请用 --head 给出另处记下的链头。",
            "No head was noted elsewhere, so that a cut end or a log written anew would not show: give one by --head.",
        )


COMMANDS = (audit,)
