"""What followed things and datasets are called, in every language that there is, as far as the public may know."""

from collections.abc import Iterable

from sqlalchemy import select

from app.catalogue.model import State, Text
from app.catalogue.service import CatalogueService
from app.catalogue.tables import dataset
from app.db import Database, in_pieces
from app.follow.model import Followed, Kind
from vocab import codelists


class Names:
    def __init__(self, database: Database, catalogue: CatalogueService) -> None:
        self._database = database
        self._catalogue = catalogue

    def of(self, follows: Iterable[Followed]) -> dict[str, Text]:
        """Mark -> names; nothing for what is no longer public and has left no name."""
        targets: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        each_once = {each.mark: each for each in follows}
        for each in each_once.values():
            targets[each.kind].add(each.target)
        titles = self.titles(targets[Kind.DATASET])
        publishers: dict[str, Text] = {}
        for piece in in_pieces(sorted(targets[Kind.PUBLISHER])):
            publishers |= self._catalogue.publisher_names(piece)
        found: dict[str, Text] = {}
        for mark, each in each_once.items():
            if each.kind is Kind.SEARCH:
                found[mark] = {"": each.name}
            elif each.kind is Kind.THEME:
                concept = codelists.scheme("theme").get(each.target)
                found[mark] = dict(concept.labels) if concept else {}
            else:
                found[mark] = (titles if each.kind is Kind.DATASET else publishers).get(each.target, {})
        return found

    def titles(self, ids: Iterable[str]) -> dict[str, Text]:
        """Of published entries, and the one that a withdrawn entry leaves."""
        found: dict[str, Text] = {}
        for piece in in_pieces(sorted(ids)):
            found |= {entry.view.id: entry.view.titles for entry in self._catalogue.some(piece)}
            left = select(dataset.c.id, dataset.c.public_title).where(
                dataset.c.id.in_([id_ for id_ in piece if id_ not in found]),
                dataset.c.state == State.WITHDRAWN,
                dataset.c.public_title.is_not(None),
            )
            with self._database.read() as connection:
                found |= {row.id: {"": row.public_title} for row in connection.execute(left)}
        return found
