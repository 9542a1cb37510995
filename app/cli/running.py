"""`suishu serve`, and what keeps the projections: `reindex`, `rebuild-graph`, `check`."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from app.cli.output import answer_json, open_portal, progress, say, words

if TYPE_CHECKING:
    from app.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the portal: web, keeper and SPARQL workers (启动门户)."""
    portal = open_portal()  # mends the database, and tells of wrong settings, before any process starts
    settings = portal.settings
    portal.close()
    run_server(settings, host, port)


def run_server(settings: "Settings", host: str, port: int) -> None:
    from app.processes.supervisor import serve as supervise

    supervise(settings, host=host, port=port)


@click.command()
def reindex() -> None:
    """Make the search index anew from the record (重建检索索引)."""
    from app.processes.keeper import reindex as run

    portal = open_portal()
    with progress(words("重建索引", "Indexing")) as bar:
        run(portal, bar)
    say("检索索引已重建。", "The search index is made anew.")


@click.command("rebuild-graph")
def rebuild_graph() -> None:
    """Make the public graph anew from the record (重建公开图谱)."""
    from app.processes.keeper import rebuild_graph as run

    portal = open_portal()
    with progress(words("重建图谱", "Rebuilding")) as bar:
        run(portal, bar)
    say("公开图谱已重建。", "The public graph is made anew.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
def check(as_json: bool) -> None:
    """Compare the record with search index and graph (核对一致性).

    Exit status 1 when anything differs; `suishu reindex` and `suishu rebuild-graph` mend it.
    """
    from app.processes.consistency import check as run

    findings = run(open_portal())
    if as_json:
        answer_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(str(finding))
        if not findings:
            say("记录、索引与图谱一致。", "Record, index and graph agree.")
    if findings:
        sys.exit(1)


COMMANDS = (serve, reindex, rebuild_graph, check)
