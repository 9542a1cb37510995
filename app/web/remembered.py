"""Look-ups remembered for a while, so that a page which many people ask for asks no database."""

import time
from collections.abc import Callable, Iterable

MAX_KNOWN = 20_000


class Remembered:
    """
    Labels of ids by language. `look_up` takes (ids, language tag) and gives a label for each it knows; an id that it
    does not know is its own label. What is late by `seconds` is soon enough.
    """

    def __init__(self, look_up: Callable[[list[str], str], dict[str, str]], seconds: float = 60.0) -> None:
        self._look_up = look_up
        self._seconds = seconds
        self._known: dict[tuple[str, str], str] = {}
        self._until = 0.0

    def labels(self, ids: Iterable[str], tag: str) -> dict[str, str]:
        now = time.monotonic()
        if now > self._until or len(self._known) > MAX_KNOWN:
            self._known, self._until = {}, now + self._seconds
        known = self._known  # another thread may begin a new one meanwhile
        ids = list(ids)
        if missing := [id_ for id_ in ids if (id_, tag) not in known]:
            found = self._look_up(missing, tag)
            known |= {(id_, tag): found.get(id_, id_) for id_ in missing}
        return {id_: known[id_, tag] for id_ in ids}
