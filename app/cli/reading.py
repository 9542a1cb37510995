"""`suishu validate`, `search`, `export` and `requests`: what comes out."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from app.cli.output import answer_json, open_portal, progress, reads_chinese, words
from app.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from shapes.validate import Report


PROFILES = ("intake", "guangzhou", "dcat-ap")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--profile", type=click.Choice(["intake", "guangzhou", "dcat-ap"]), default="guangzhou", show_default=True
)
@click.option("--engine", type=click.Choice(["fast", "reference"]), default="fast", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json", "ttl"]), default="text", show_default=True)
def validate(file: Path, profile: str, engine: str, form: str) -> None:
    """Check an RDF document against a profile (校验元数据).

    Exit status 1 when there is a violation.
    """
    from shapes.validate import validate as run
    from vocab import rdf

    syntax = rdf.guess(filename=file.name, head=file.read_bytes()[:4096])
    if syntax is None:
        raise Invalid(
            f"无法识别 {file} 的 RDF 格式；请用 .ttl、.rdf、.jsonld、.nt、.nq 或 .trig 扩展名。",
            f"The RDF syntax of {file} can't be told; name it .ttl, .rdf, .jsonld, .nt, .nq or .trig.",
        )
    document = rdf.to_ntriples(file, syntax, base_iri=file.resolve().as_uri())
    try:
        report = run(document.read(), profile, engine=engine)  # type: ignore[arg-type]
    except rdf.RdfError as error:
        raise Invalid(f"{file}：{error.reason_zh}", f"{file}: {error.reason_en}") from None
    for note in document.notes:
        click.echo(words(note.zh, note.en), err=True)
    if form == "ttl":
        click.echo(report.graph().serialize(format="turtle"))
    elif form == "json":
        answer_json(_as_json(report))
    else:
        _tell(report)
    if not report.conforms:
        sys.exit(1)


def _as_json(report: "Report") -> dict[str, object]:
    fields = ("focus", "path", "value", "rule", "severity", "article")
    return {
        "profile": report.profile,
        "conforms": report.conforms,
        "results": [
            {**{name: getattr(result, name) for name in fields}, "message": dict(result.message)}
            for result in report.results
        ],
    }


def _tell(report: "Report") -> None:
    language = "zh-Hans" if reads_chinese() else "en"
    for result in report.results:
        place = " ".join(part for part in (result.focus, result.path, result.value and f"“{result.value}”") if part)
        click.echo(f"[{result.severity}] {result.message.get(language, '')} ({result.rule}) {result.article}".rstrip())
        if place:
            click.echo(f"    {place}")
    violations, warnings = len(report.violations), len(report.warnings)
    click.echo(
        words(
            f"{report.profile}：{violations} 个错误，{warnings} 个警告",
            f"{report.profile}: {violations} violations, {warnings} warnings",
        )
    )


@click.command()
@click.argument("text", nargs=-1)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--page", type=click.IntRange(1), default=1)
@click.option("--sort", type=click.Choice(["relevance", "modified", "issued"]), default="relevance", show_default=True)
@click.option("--filter", "filters", multiple=True, metavar="NAME=VALUE", help="For example theme=交通. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Results and facets as JSON.")
def search(text: tuple[str, ...], size: int, page: int, sort: str, filters: tuple[str, ...], as_json: bool) -> None:
    """Search the catalogue (检索)."""
    from app.i18n import EN, ZH_HANS, pick
    from app.search.filters import BY_NAME
    from app.search.parameters import query_from
    from indexer.errors import SearchUnavailable

    given: dict[str, list[str]] = {"q": [" ".join(text)], "size": [str(size)], "page": [str(page)], "sort": [sort]}
    for each in filters:
        name, equals, value = each.partition("=")
        if not equals or name not in BY_NAME:
            raise click.BadParameter(f"{each!r}; names are {', '.join(BY_NAME)}", param_hint="--filter")
        given.setdefault(name, []).append(value)
    portal = open_portal()
    try:
        results = portal.search.search(query_from(lambda name: given.get(name, [])))
    except SearchUnavailable as error:
        raise Unavailable(
            "检索索引不可用；请运行 suishu reindex。", "The search index can't be opened; run `suishu reindex`."
        ) from error
    if as_json:
        hits = [{"id": h.id, "uri": h.uri, "score": h.score, **h.display} for h in results.hits]
        facets = {name: {value.value: value.count for value in values} for name, values in results.facets.items()}
        answer_json({"total": results.total, "results": hits, "facets": facets, "next": results.next})
        return
    click.echo(words(f"共 {results.total} 个数据集", f"{results.total} datasets"))
    for hit in results.hits:
        titles = hit.display.get("titles")
        title = pick(titles, ZH_HANS if reads_chinese() else EN)[0] if isinstance(titles, dict) else ""
        click.echo(f"  {title or hit.id}\n    {hit.uri}")


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["nt", "ttl", "rdf", "jsonld"]), default="nt", show_default=True,
)  # fmt: skip
@click.option("--output", "-o", type=click.File("wb"), default="-", help="File. Default: standard output.")
def export(form: str, output: BinaryIO) -> None:
    """Write the whole public graph, streamed (导出公开目录)."""
    from app.catalogue.export import whole
    from vocab import rdf

    portal = open_portal()
    total = portal.catalogue.totals().datasets
    with progress(words("导出", "Exporting")) as bar:

        def graphs() -> Iterator[bytes]:
            for number, ntriples in enumerate(whole(portal.catalogue, portal.settings.base_url)):
                if number % 200 == 0:
                    bar(number, total)
                yield ntriples

        if form == "nt":
            for ntriples in graphs():
                output.write(ntriples)
        else:
            syntax = {"ttl": rdf.Format.TURTLE, "rdf": rdf.Format.RDF_XML, "jsonld": rdf.Format.JSON_LD}[form]
            rdf.write(graphs(), syntax, output)
    output.flush()


@click.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@click.option("--before", type=click.IntRange(1), help="Only requests with a lower number.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def requests(limit: int, before: int | None, as_json: bool) -> None:
    """List what people looked for and did not find, newest first (数据需求)."""
    portal = open_portal()
    found = portal.data_requests.newest(limit, before=before)
    if as_json:
        answer_json([asdict(each) for each in found])
        return
    total = portal.data_requests.count()
    click.echo(words(f"共 {total} 条数据需求", f"{total} data requests"))
    for each in found:
        click.echo(f"  {each.id}  {each.at:%Y-%m-%d %H:%M}  {each.text}")
        for name, values in each.filters.items():
            click.echo(f"      {name}: {', '.join(values)}")
        for line in each.description.splitlines():
            click.echo(f"      {line}")


COMMANDS = (validate, search, export, requests)
