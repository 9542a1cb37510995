"""Mappings that a person works on: the document and what was said of it so far, in a folder of the home each."""

import json
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from app.errors import NotFound

_ID = re.compile(r"[0-9a-f]{16}")
_LASTS_S = 24 * 3600
_MAX_DRAFTS = 50
_UNSAFE = re.compile(r"[^\w.()（）-]+")
_MAX_NAME_BYTES = 200
"""A file's name has at most 255, and a Chinese character three."""


@dataclass(frozen=True, slots=True)
class Draft:
    """
    `location` is the address that the document came from, "" for one that was sent. `source_id` names the source whose
    mapping is being mended, `record` one of its refused records; both are "" for a new source.
    """

    id: str
    name: str
    content_type: str = ""
    location: str = ""
    dialect: str = ""
    source_id: str = ""
    record: str = ""
    focus: str = ""


class Drafts:
    """Old drafts go when a new one is made; nobody else can tell whether they are still wanted."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "drafts"

    def make(self, draft: Draft, document: Path) -> Draft:
        """Keeps a copy of the document."""
        self._forget_old()
        made = replace(draft, id=secrets.token_hex(8), name=plain_name(draft.name))
        folder = self._folder / made.id
        folder.mkdir(mode=0o700, parents=True)
        shutil.copyfile(document, folder / "document")
        self._write(made)
        return made

    def get(self, id_: str) -> Draft:
        """Raises `NotFound`."""
        if _ID.fullmatch(id_):
            with suppress(OSError, ValueError, TypeError):
                return Draft(**json.loads((self._folder / id_ / "draft.json").read_text(encoding="utf-8")))
        raise NotFound(
            "没有这份草稿：可能已经保存，或者超过一天被清除。请重新上传。",
            "There is no such draft: it was saved, or is more than a day old. Send the document again.",
        )

    def document(self, draft: Draft) -> Path:
        return self._folder / draft.id / "document"

    def mapping(self, draft: Draft) -> str:
        """What was said so far, "" before anything was."""
        with suppress(OSError):
            return (self._folder / draft.id / "mapping.yaml").read_text(encoding="utf-8")
        return ""

    def say(self, draft: Draft, mapping: str) -> None:
        write(self._folder / draft.id / "mapping.yaml", mapping)

    def change(self, draft: Draft) -> Draft:
        self._write(draft)
        return draft

    def drop(self, draft: Draft) -> None:
        shutil.rmtree(self._folder / draft.id, ignore_errors=True)

    def _write(self, draft: Draft) -> None:
        write(self._folder / draft.id / "draft.json", json.dumps(asdict(draft), ensure_ascii=False))

    def _forget_old(self) -> None:
        folders = sorted(((_changed_at(each), each) for each in self._folder.glob("*")), reverse=True)
        for place, (changed_at, folder) in enumerate(folders):
            if place >= _MAX_DRAFTS - 1 or time.time() - changed_at > _LASTS_S:
                shutil.rmtree(folder, ignore_errors=True)


def _changed_at(folder: Path) -> float:
    """0 for one that somebody else took away meanwhile."""
    with suppress(OSError):
        return folder.stat().st_mtime
    return 0.0


def write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.write_text(text, encoding="utf-8", errors="replace")
    beside.replace(path)


def plain_name(name: str) -> str:
    """A name that can stand in a path and on a page, with its ending."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip("._") or "document"
    return plain.encode("utf-8", "ignore")[-_MAX_NAME_BYTES:].decode("utf-8", "ignore")
