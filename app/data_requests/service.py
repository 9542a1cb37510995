"""Use cases of data requests: keeping what was looked for, and listing it for the operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select

from app.audit import service as audit
from app.audit.events import Action, Event
from app.clock import Clock
from app.data_requests.tables import data_request
from app.db import Database
from app.errors import Busy, Invalid

MAX_TEXT_CHARACTERS = 200
MAX_DESCRIPTION_CHARACTERS = 2_000

_MAX_AN_HOUR = 300
"""From everybody together: more than a city asks, less than a flood can fill a disk with."""

_MAX_FILTERS = 50


@dataclass(frozen=True, slots=True)
class DataRequest:
    """What was looked for. `filters`: names and values that held. `language` is that of the page it came from."""

    id: int
    at: datetime
    text: str
    description: str
    filters: Mapping[str, Sequence[str]]
    language: str


class DataRequestService:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def ask(self, text: str, description: str, *, filters: Mapping[str, Sequence[str]], language: str) -> int:
        """
        Keeps a request and gives its number. Raises `Invalid` where nothing is said or too much, and `Busy` when more
        came in within the hour than anybody could read.
        """
        text, description = " ".join(text.split()), description.replace("\r\n", "\n").strip()
        if not text:
            raise Invalid("请填写要找的数据。", "Say which data you look for.")
        if len(text) > MAX_TEXT_CHARACTERS or len(description) > MAX_DESCRIPTION_CHARACTERS:
            raise Invalid(
                f"要找的数据不超过 {MAX_TEXT_CHARACTERS} 字，说明不超过 {MAX_DESCRIPTION_CHARACTERS} 字。",
                f"At most {MAX_TEXT_CHARACTERS} characters for the data and {MAX_DESCRIPTION_CHARACTERS} for the rest.",
            )
        now = self._clock()
        kept = {name: list(values)[:_MAX_FILTERS] for name, values in filters.items()}
        with self._database.write() as connection:
            recent = select(func.count()).where(data_request.c.at > now - timedelta(hours=1))
            if (connection.scalar(recent) or 0) >= _MAX_AN_HOUR:
                raise Busy("现在提交的需求过多，请过一小时再试。", "Too many requests came in; try again in an hour.")
            row = {"at": now, "text": text, "description": description, "filters": kept, "language": language}
            made = connection.execute(insert(data_request).values(row)).inserted_primary_key
            number = int(made[0]) if made else 0
            event = Event("visitor", Action.DATA_REQUESTED, f"data-request/{number}")
            audit.append(connection, [event], now)
        return number

    def newest(self, limit: int = 100, *, before: int | None = None) -> list[DataRequest]:
        """Newest first; `before` continues after the request of that number."""
        query = select(data_request).order_by(data_request.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(data_request.c.id < before)
        with self._database.read() as connection:
            return [
                DataRequest(row.id, row.at, row.text, row.description, dict(row.filters), row.language)
                for row in connection.execute(query)
            ]

    def count(self) -> int:
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(data_request)) or 0
