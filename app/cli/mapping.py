"""`suishu map` and `suishu retry`: what the mapping screen and the quarantine page do, for a terminal."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from app.audit import origin
from app.audit.events import COMMAND_LINE
from app.cli.output import answer_json, open_portal, say, words
from app.cli.waited import ends_with_parent
from app.errors import Invalid, SuishuError


@click.command("map")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Begin with this one.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="File. Default: standard output.")
@click.option("--json", "as_json", is_flag=True, help="Columns, codes and guesses as JSON, in place of YAML.")
def map_(file: Path, mapping: Path | None, output: Path | None, as_json: bool) -> None:
    """Guess how a CSV, XLSX or JSON catalogue reads, and write the mapping as YAML (推断映射).

    Codes that no code list knows stand in it as remarks. Use it with `suishu harvest FILE --mapping YAML`.
    """
    from app.harvesting.mapping.looking import looked
    from harvest.errors import SourceFailed
    from harvest.source import Document

    try:
        said = mapping.read_text(encoding="utf-8") if mapping else ""
        look = looked(Document(file, file.name), said)
    except SourceFailed as failure:
        raise Invalid(failure.zh, failure.en) from None
    except (OSError, UnicodeError) as error:
        raise Invalid(f"无法读取 {mapping}：{error}", f"{mapping} can't be read: {error}") from None
    if as_json:
        answer_json(asdict(look))
    elif output:
        output.write_text(look.mapping, encoding="utf-8")
    else:
        click.echo(look.mapping, nl=False)
    doubtful = [each.heading for each in look.headings if each.field and each.confidence < _SURE]
    left = [each.heading for each in look.headings if not each.field]
    for zh, en, names in (("请核对", "Please check", doubtful), ("没有采用", "Not used", left)):
        if names:
            listed = "、".join(names[:20])
            say(f"{zh}：{listed}", f"{en}: {', '.join(names[:20])}")


_SURE = 0.8


@click.command()
@click.argument("source")
@click.option("--record", "records", multiple=True, metavar="ID", help="Only this record in quarantine. Repeatable.")
@click.option("--by", default=COMMAND_LINE, hidden=True)
@ends_with_parent
@click.option("--origin", "came_from", default="", hidden=True)
@click.option("--json", "as_json", is_flag=True, help="The outcome as JSON.")
def retry(source: str, records: tuple[str, ...], by: str, came_from: str, as_json: bool) -> None:
    """Try refused records of SOURCE again, all or some, under today's mapping and rules (重试隔离的记录)."""
    if came_from:  # a page had it done
        origin.come_from(came_from)
    try:
        outcome = open_portal().retry.retry(source, records, by=by)
    except SuishuError as error:
        if not as_json:
            raise
        answer_json({"error": error.code, "zh": error.zh, "en": error.en})
        sys.exit(2)
    if as_json:
        answer_json(asdict(outcome))
    else:
        click.echo(
            words(
                f"重试 {outcome.asked} 条：收录 {outcome.kept}，仍被隔离 {outcome.refused}，"
                f"来源中已没有 {outcome.absent}",
                f"{outcome.asked} tried again: {outcome.kept} kept, {outcome.refused} refused again, "
                f"{outcome.absent} no longer in the source",
            )
        )
        if outcome.failure_zh:
            say(outcome.failure_zh, outcome.failure_en)
    if outcome.failure_zh:
        sys.exit(1)


COMMANDS = (map_, retry)
"""In the order of `suishu --help`."""
