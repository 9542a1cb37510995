"""For commands that a web process runs for a page, and waits for."""

from collections.abc import Callable
from typing import Any

import click


def ends_with_parent(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the hidden `--parent`: the process that waits for it, without which it ends."""
    option = click.option(
        "--parent", type=int, hidden=True, is_eager=True, expose_value=False, callback=_end_with_parent
    )
    return option(command)


def _end_with_parent(_context: click.Context, _option: click.Parameter, parent: int | None) -> None:
    if parent is not None:
        from app.sparql.confine import die_with_parent

        die_with_parent(parent)
