"""
The command line. Nothing heavy is imported before a command runs, so that `suishu --help` answers at once.

Exit statuses: 0 done; 1 done, and the answer is no (nothing could be read, the document has violations, the check
found something); 2 wrong usage; 3 the portal can't work (settings, database, a part that is busy).
"""

import sys
from typing import Any

import click

from app.cli.output import complain
from app.errors import Invalid, NotFound, SuishuError

EXIT_USAGE = 2
EXIT_UNABLE = 3


class _Portal(click.Group):
    """Turns the errors of use cases into words and an exit status, in one place."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except SuishuError as error:
            complain(error)
            sys.exit(EXIT_USAGE if isinstance(error, Invalid | NotFound) else EXIT_UNABLE)
        except BrokenPipeError:
            sys.stderr.close()  # the reader has what it wanted (`suishu export | head`)
            sys.exit(0)


@click.group(cls=_Portal, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="suishu", prog_name="suishu")
def main() -> None:
    """穗数 Suishu: an open catalogue of a city's public data. 城市公共数据开放目录。

    Settings come from the environment (SUISHU_HOME, SUISHU_BASE_URL, ...); docs/settings.md lists them.

    Exit status: 0 done; 1 done, and the answer is no (nothing could be read, violations, findings); 2 wrong usage;
    3 the portal can't work now.
    """


def _add_commands() -> None:
    from app.cli import access, accounts, audit, harvesting, mapping, operation, reading, real_names, running, sources

    for module in (running, harvesting, sources, operation, mapping, reading, access, accounts, real_names, audit):
        for command in module.COMMANDS:
            main.add_command(command)


_add_commands()

__all__ = ["main"]
