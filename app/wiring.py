"""The one place that names implementations. Nothing is opened at import; little is opened by `build`."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from app import db
from app.catalogue.service import CatalogueService
from app.clock import Clock, system_clock
from app.db import Database
from app.errors import Misconfigured
from app.harvesting.model import SourceEntry
from app.harvesting.service import HarvestingService
from app.search.service import SearchService
from app.settings import Settings
from app.triplestore.places import Places
from app.triplestore.protocol import GraphReader, Mark, TripleStore
from harvest.record import Source
from indexer.backend import SearchReader, SearchWriter


@dataclass(frozen=True)
class Portal:
    """A portal, put together."""

    settings: Settings
    clock: Clock
    database: Database
    catalogue: CatalogueService
    harvesting: HarvestingService
    search: SearchService

    def search_writer(self) -> SearchWriter:
        """The index, for the one process that writes it."""
        return _search_writer(self.settings)

    def has_index(self) -> bool:
        """False when there is nothing to search in yet, or somebody took it away."""
        if is_embedded(self.settings.search_url):
            return (index_folder(self.settings) / "current").exists()
        from indexer import elastic

        return elastic.exists(self.settings.search_url)

    def search_rebuild(self) -> AbstractContextManager[SearchWriter]:
        """A writer on a new index, which takes the old one's place when the block ends well; no other may be open."""
        if is_embedded(self.settings.search_url):
            from indexer import embedded

            return embedded.rebuild(index_folder(self.settings))
        from indexer import elastic

        return elastic.rebuild(self.settings.search_url)

    def triple_store(self, *, anew: bool = False) -> TripleStore:
        """The public graph, for the one process that writes it; `anew` gives up one that can't be opened."""
        _embedded_graph_only(self.settings.sparql_url)
        from app.triplestore.embedded import EmbeddedStore

        return EmbeddedStore(Places.in_home(self.settings.home), anew=anew)

    def published_graph(self) -> GraphReader:
        """The public graph as queries see it now. Raises `StoreUnavailable` before the first is published."""
        _embedded_graph_only(self.settings.sparql_url)
        from app.triplestore.embedded import EmbeddedSnapshot

        return EmbeddedSnapshot(Places.in_home(self.settings.home))

    def published_graph_mark(self) -> Mark | None:
        """How far the graph that queries see has followed the record; opens no store."""
        _embedded_graph_only(self.settings.sparql_url)
        return Places.in_home(self.settings.home).published_mark()

    def close(self) -> None:
        self.database.close()


def build(settings: Settings, clock: Clock = system_clock) -> Portal:
    """Puts a portal together and brings its database up to date."""
    database = db.open_database(settings)
    db.migrate(database)
    catalogue = CatalogueService(database, clock, settings.base_url)
    return Portal(
        settings=settings,
        clock=clock,
        database=database,
        catalogue=catalogue,
        harvesting=HarvestingService(database, clock, settings, catalogue, lambda entry: _open_source(entry, settings)),
        search=SearchService(lambda: _search_reader(settings), catalogue),
    )


def index_folder(settings: Settings) -> Path:
    return settings.home / "index"


def is_embedded(url: str) -> bool:
    return url == "embedded:"


def _search_reader(settings: Settings) -> SearchReader:
    if is_embedded(settings.search_url):
        from indexer.embedded import EmbeddedReader

        return EmbeddedReader(index_folder(settings))
    from indexer.elastic import ElasticReader

    return ElasticReader(settings.search_url)


def _search_writer(settings: Settings) -> SearchWriter:
    if is_embedded(settings.search_url):
        from indexer.embedded import EmbeddedWriter

        return EmbeddedWriter(index_folder(settings))
    from indexer.elastic import ElasticWriter

    return ElasticWriter(settings.search_url)


def _embedded_graph_only(sparql_url: str) -> None:
    if sparql_url != "embedded:":
        raise Misconfigured(
            f"SUISHU_SPARQL_URL 目前只支持 embedded:，不支持 {sparql_url}。",
            f"SUISHU_SPARQL_URL can only be embedded: for now, not {sparql_url}.",
        )


def _open_source(entry: SourceEntry, settings: Settings) -> Source:
    from harvest.fetch import Fetcher
    from harvest.sources import open_source

    return open_source(
        entry.location,
        dialect=entry.dialect or None,
        mapping=Path(entry.mapping) if entry.mapping else None,
        fetcher=Fetcher(
            allowed_networks=[network.strip() for network in settings.harvest_private_networks.split(",") if network],
            max_body_bytes=settings.harvest_size_limit_mb * 1024**2,
            timeout_s=settings.harvest_time_limit_s,
        ),
    )
