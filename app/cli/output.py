"""What the command line says: words on standard error, answers on standard output."""

import json
import locale
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click

from app.errors import SuishuError

if TYPE_CHECKING:
    from app.wiring import Portal


def reads_chinese() -> bool:
    """True when the terminal's user has a Chinese locale."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return (chosen or locale.getlocale()[0] or "").lower().startswith("zh")


def words(zh: str, en: str) -> str:
    return zh if reads_chinese() else en


def say(zh: str, en: str) -> None:
    """A remark for the person, on standard error: standard output is for answers."""
    click.echo(words(zh, en), err=True)


def complain(error: SuishuError) -> None:
    click.secho(words(f"错误：{error.zh}", f"Error: {error.en}"), err=True, fg="red")


def answer_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def open_portal(**unless_set: Any) -> "Portal":
    """The portal of the environment's settings; `unless_set` are settings for where the environment says nothing."""
    from app import settings, wiring
    from app.audit import origin

    if not origin.current():
        origin.come_from(origin.COMMAND_LINE)
    said = settings.load()
    unsaid = {name: value for name, value in unless_set.items() if name not in said.model_fields_set}
    return wiring.build(said.model_copy(update=unsaid))


class Bar(Protocol):
    def __call__(self, done: int, total: int | None = None, words: str = "") -> None: ...


@contextmanager
def progress(title: str) -> Iterator[Bar]:
    """A progress bar on standard error; nothing at all where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total=None, words="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.fields[words]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=None, words="")

        def show(done: int, total: int | None = None, words: str = "") -> None:
            bars.update(task, completed=done, total=total, words=words)

        yield show
