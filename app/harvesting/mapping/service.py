"""
Use cases of the mapping screen: a document is taken in, read, its mapping corrected, tried and kept.

A kept mapping is a file of the home, one for each time it was changed: what somebody wrote by hand is never written
over, and an older one can be taken back.
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.catalogue.model import SourceKind
from app.clock import Clock
from app.db import Database
from app.errors import Invalid, NotFound
from app.harvesting.mapping.drafts import Draft, Drafts, plain_name, write
from app.harvesting.mapping.model import MAX_BYTES, Asked, Look, Preview
from app.harvesting.mapping.reading import Reading
from app.harvesting.model import SourceEntry
from app.harvesting.places import slug
from app.harvesting.service import HarvestingService
from app.harvesting.sources import Sources
from app.settings import Settings
from harvest.errors import HarvestError
from harvest.fetch import Fetcher, Question
from harvest.mapping.fields import aliases
from harvest.mapping.meanings import SCHEMES, concept
from harvest.mapping.rules import rules
from harvest.mapping.writing import said, written
from harvest.source import Document

_ACCEPT = "text/csv, application/json, */*;q=0.5"
OpenFetcher = Callable[[], Fetcher]

FIELDS: tuple[str, ...] = tuple(field for field in aliases() if not field.startswith("item_"))
"""What a column may be, in the order of the profile."""


class MappingService:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        harvesting: HarvestingService,
        open_fetcher: OpenFetcher,
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._harvesting = harvesting
        self._sources = Sources(database, clock)
        self._drafts = Drafts(settings.home)
        self._reading = Reading(settings.home / "locks")
        self._open_fetcher = open_fetcher

    # Documents in

    def of_upload(self, name: str, document: Path) -> Draft:
        """A draft of a file that somebody sent. Raises `Invalid` for an empty one, or one that is too large."""
        _refuse_size(document.stat().st_size)
        return self._drafts.make(Draft("", name or "document"), document)

    def of_address(self, address: str) -> Draft:
        """A draft of what lies at an address. Raises `Invalid` where it may not be asked, or does not answer."""
        with self._fetched(address) as document:
            return self._drafts.make(Draft("", document.name, document.content_type, address), document.path)

    def of_source(self, source_id: str, record_id: str = "") -> Draft:
        """A draft for mending the mapping of a source, with one of its refused records among the samples."""
        source = self._sources.known(source_id)
        record = self._harvesting.quarantined(record_id, full=True) if record_id else None
        focus = record.position if record and record.source_id == source_id else ""
        draft = Draft(
            "", source.title, "", source.location, source.dialect, source.id, record_id if focus else "", focus
        )
        if "://" in source.location:
            with self._fetched(source.location) as document:
                draft = replace(draft, name=document.name, content_type=document.content_type)
                made = self._drafts.make(draft, document.path)
        else:
            path = Path(source.location)
            if not path.is_file():
                raise NotFound("来源的文件已不在原处。", "The source's file is not where it was.")
            _refuse_size(path.stat().st_size)
            made = self._drafts.make(replace(draft, name=path.name), path)
        if source.mapping:
            with suppress(OSError):
                self._drafts.say(made, Path(source.mapping).read_text(encoding="utf-8"))
        return made

    # Work on a draft

    def draft(self, id_: str) -> Draft:
        return self._drafts.get(id_)

    def look(self, draft: Draft) -> Look:
        """
        What stands in the document, with the mapping so far; guessed where nothing was said. Raises `Invalid` in words.
        """
        look = self._reading.look(self._asked("look", draft, self._drafts.mapping(draft)))
        if not self._drafts.mapping(draft):
            self._drafts.say(draft, look.mapping)
        if look.dialect != draft.dialect and not draft.source_id:
            self._drafts.change(replace(draft, dialect=look.dialect))
        return look

    def say(self, draft: Draft, text: str) -> None:
        """A whole mapping as a person wrote it. Raises `Invalid` that says what is wrong in it."""
        with _in_words():
            said(text)
        self._drafts.say(draft, text)

    def correct(
        self,
        draft: Draft,
        look: Look,
        fields: Sequence[str],
        meanings: Sequence[tuple[str, str, str]],
        words: Mapping[str, str],
    ) -> None:
        """
        What was corrected in the form: a field for each heading of `look`, in their order; (field, code, meaning) of
        codes; and single words such as `title`. Raises `Invalid` for what no field and no code list knows.
        """
        how = dict(said(look.mapping))
        chosen = {each.heading: field for each, field in zip(look.headings, fields, strict=False)}
        if unknown := set(chosen.values()) - {"", *FIELDS}:
            raise _no_field(", ".join(sorted(unknown)))
        how["rename"] = {heading: field for heading, field in chosen.items() if field}
        how["ignore"] = [heading for heading, field in chosen.items() if not field]
        how["codes"] = _with(how.get("codes") or {}, meanings)
        how |= {name: word.strip() for name, word in words.items() if name in ("title", "language", "base_url")}
        how = {name: value for name, value in how.items() if value}
        with _in_words():
            rules(how)
        self._drafts.say(draft, written(how))
        again = self._reading.look(self._asked("look", draft, written(how)))
        self._drafts.say(draft, written(how, again.codes))

    def preview(self, draft: Draft, *, own: bool) -> Preview:
        """What would become of the records. Nothing is kept."""
        return self._reading.preview(replace(self._asked("preview", draft, self._drafts.mapping(draft)), own=own))

    def mapping(self, draft: Draft) -> str:
        return self._drafts.mapping(draft)

    # Keeping

    def save(self, draft: Draft, *, title: str, id_: str, kind: SourceKind, actor: str) -> SourceEntry:
        """
        Keeps the mapping: of the source that it mends, or of a new one. Raises `Invalid` where no column is the title,
        or the id is taken or can't be one.
        """
        text = self._drafts.mapping(draft)
        with _in_words():
            how = rules(said(text))
        if "title" not in how.rename.values() and "title" not in how.constants:
            raise Invalid(
                "还没有指明哪一列是数据集名称，请先选择。", "No column is the title of the dataset yet; choose one."
            )
        source = (
            self._mended(draft, text, actor) if draft.source_id else self._new(draft, text, title, id_, kind, actor)
        )
        self._drafts.drop(draft)
        return source

    def _mended(self, draft: Draft, text: str, actor: str) -> SourceEntry:
        source = self._sources.known(draft.source_id)
        before = {}
        with suppress(OSError, HarvestError):
            before = dict(said(Path(source.mapping).read_text(encoding="utf-8"))) if source.mapping else {}
        now = said(text)
        # What its rows are known by stays where the columns mean what they meant.
        same = all((before.get(name) or {}) == (now.get(name) or {}) for name in ("rename", "identity", "ignore"))
        keys = source.keys_chosen if same else None
        changed = replace(source, mapping=str(self._keep(source.id, text)), keys_chosen=keys)
        self._sources.remap(changed, actor, {"sha256": hashlib.sha256(text.encode()).hexdigest()})
        return changed

    def _new(self, draft: Draft, text: str, title: str, id_: str, kind: SourceKind, actor: str) -> SourceEntry:
        location = draft.location
        wished = id_.strip() or slug(draft.location or draft.name) or f"source-{draft.id[:6]}"
        if self._harvesting.source(wished) and not id_.strip():
            wished = f"{wished}-{draft.id[:6]}"
        if self._harvesting.source(wished):
            raise Invalid(f"来源编号“{wished}”已被使用。", f'The source id "{wished}" is taken.')
        entry = self._sources.draft(
            location or wished, kind=kind, title=title.strip(), dialect=draft.dialect, mapping="", id_=wished
        )
        if not location:
            path = (self._settings.home / "sources" / entry.id / plain_name(draft.name)).resolve()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(self._drafts.document(draft), path)
            entry = replace(entry, location=str(path))
        entry = replace(entry, mapping=str(self._keep(entry.id, text)))
        added = self._sources.add(entry, actor, draft.name)
        self._sources.remap(added, actor, {"sha256": hashlib.sha256(text.encode()).hexdigest()})
        return added

    def _keep(self, source_id: str, text: str) -> Path:
        at = self._clock().strftime("%Y%m%dT%H%M%S%f")
        path = (self._settings.home / "mappings" / source_id / f"{at}.yaml").resolve()
        write(path, text)
        return path

    # Parts

    def _asked(self, what: str, draft: Draft, mapping: str) -> Asked:
        return Asked(
            what=what,
            path=str(self._drafts.document(draft).resolve()),
            name=draft.name,
            content_type=draft.content_type,
            address=draft.location if "://" in draft.location else "",
            mapping=mapping,
            dialect=draft.dialect or None,
            source_id=draft.source_id or "preview",
            base_url=self._settings.base_url,
            focus=draft.focus,
        )

    def _fetched(self, address: str) -> "_Fetched":
        return _Fetched(self._open_fetcher(), address.strip())


class _Fetched:
    """A document at an address, for as long as the block lasts."""

    def __init__(self, fetcher: Fetcher, address: str) -> None:
        self._fetcher = fetcher
        self._address = address

    def __enter__(self) -> Document:
        with _in_words():
            self._found = self._fetcher.get(self._address, Question(_ACCEPT))
        try:
            _refuse_size(self._found.path.stat().st_size)
        except Invalid:
            self._found.close()
            raise
        name = urlsplit(self._found.url).path.rpartition("/")[2] or urlsplit(self._found.url).netloc
        return Document(self._found.path, name, self._found.content_type, self._found.url)

    def __exit__(self, *_: object) -> None:
        self._found.close()


class _in_words:
    """A failure of the harvest as one of ours."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, HarvestError):
            raise Invalid(error.zh, error.en) from None


def _refuse_size(size: int) -> None:
    if not size:
        raise Invalid("文件是空的。", "The file is empty.")
    if size > MAX_BYTES:
        raise Invalid(
            f"文件过大（{size:,} 字节，上限 {MAX_BYTES:,}）。请用其中一部分建立映射。",
            f"The file is too large ({size:,} bytes, at most {MAX_BYTES:,}). Make the mapping from a part of it.",
        )


def _with(said: Mapping[str, Any], meanings: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """The codes so far with those of the form; an empty meaning takes one away."""
    found = {field: {str(word): str(means) for word, means in table.items()} for field, table in said.items()}
    for field, word, means in meanings:
        if field not in SCHEMES:
            raise _no_field(field)
        table = found.setdefault(field, {})
        means = means.strip()
        if not means:
            table.pop(word, None)
            continue
        if concept(field, means) is None:
            raise Invalid(
                f"“{means[:60]}”不是代码表中的名称或代码，请从提示中选择，或留空。",
                f'"{means[:60]}" is no label or notation of the code list: choose one that is offered, or none.',
            )
        table[word] = means
    return {field: table for field, table in found.items() if table}


def _no_field(name: str) -> Invalid:
    return Invalid(f"没有字段“{name[:60]}”。", f'There is no field "{name[:60]}".')
