"""The one place that names implementations. Nothing is opened at import; little is opened by `build`."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app import db, working_days
from app.access.service import AccessService
from app.accounts.access_tokens.service import AccessTokenService
from app.accounts.entrance import Entrance
from app.accounts.identities import IdentityService
from app.accounts.realname.desk import RealNameDesk
from app.accounts.realname.sealing import Sealer
from app.accounts.realname.service import RealNameService
from app.accounts.realname.verifier import Desk
from app.accounts.second_factor import SecondFactorService
from app.accounts.service import AccountService
from app.accounts.totp import Codes
from app.audit.log import AuditLog
from app.catalogue.browsing import BrowsingService
from app.catalogue.duplicates import DuplicateService
from app.catalogue.feed import FeedService
from app.catalogue.service import CatalogueService
from app.clock import Clock, system_clock
from app.data_requests.service import DataRequestService
from app.db import Database
from app.desk.service import DeskService
from app.errors import Misconfigured
from app.feedback import statements as feedback_statements
from app.feedback.corrections import CorrectionService
from app.feedback.moderation import ModerationService
from app.feedback.service import FeedbackService
from app.follow.addresses import Addresses
from app.follow.digests import DigestService
from app.follow.names import Names
from app.follow.service import FollowService, renew_feed
from app.harvesting.mapping.model import MAX_BYTES as MAX_MAPPED_BYTES
from app.harvesting.mapping.service import MappingService
from app.harvesting.means import Means
from app.harvesting.model import SourceEntry
from app.harvesting.operation import OperationService
from app.harvesting.retry import RetryService
from app.harvesting.service import HarvestingService
from app.mail.service import Carrier, PostOffice
from app.ratings.service import RatingService
from app.ratings.statements import described
from app.search.service import SearchService
from app.settings import Settings, split_sparql_url
from app.triplestore import figures
from app.triplestore.figures import Figures
from app.triplestore.places import Places
from app.triplestore.protocol import GraphReader, Mark, TripleStore
from harvest.limits import Limits
from harvest.record import Source
from harvest.source import Memory
from indexer.backend import SearchReader, SearchWriter

if TYPE_CHECKING:
    from app.accounts.provider import Provider
    from app.triplestore.server import Server
    from harvest.fetch import Fetcher

_PATIENCE_S = 30.0


@dataclass(frozen=True)
class Portal:
    """A portal, put together."""

    settings: Settings
    clock: Clock
    database: Database
    catalogue: CatalogueService
    browsing: BrowsingService
    feed: FeedService
    duplicates: DuplicateService
    harvesting: HarvestingService
    mapping: MappingService
    retry: RetryService
    operation: OperationService
    search: SearchService
    data_requests: DataRequestService
    access: AccessService
    accounts: AccountService
    real_names: RealNameService
    real_name_desk: RealNameDesk
    access_tokens: AccessTokenService
    second_factor: SecondFactorService
    identities: IdentityService
    provider: "Provider | None"
    ratings: RatingService
    feedback: FeedbackService
    corrections: CorrectionService
    moderation: ModerationService
    follow: FollowService
    digests: DigestService
    audit: AuditLog
    desk: DeskService

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
        if (server := sparql_server(self.settings)) is not None:
            from app.triplestore.remote import RemoteStore

            return RemoteStore(server)
        from app.triplestore.embedded import EmbeddedStore

        return EmbeddedStore(Places.in_home(self.settings.home), anew=anew)

    def published_graph(self) -> GraphReader:
        """The public graph as queries see it now. Raises `StoreUnavailable` before the first is published."""
        if (server := sparql_server(self.settings)) is not None:
            from app.triplestore.remote import RemoteReader

            return RemoteReader(server)
        from app.triplestore.embedded import EmbeddedSnapshot

        return EmbeddedSnapshot(Places.in_home(self.settings.home))

    def published_graph_mark(self) -> Mark | None:
        """
        How far the graph that queries see has followed the record; opens no store. Raises `StoreUnavailable` when it
        lies on a server that does not answer.
        """
        if (server := sparql_server(self.settings)) is not None:
            from app.triplestore.remote import read_mark

            return read_mark(server)
        return Places.in_home(self.settings.home).published_mark()

    def published_graph_state(self) -> str:
        """A name that the published snapshot has and no other ever had, "" where there is none."""
        return "" if sparql_server(self.settings) else Places.in_home(self.settings.home).published_name()

    def graph_figures(self) -> Figures | None:
        """How much of what the public graph holds; None before it was measured first."""
        return figures.kept(self.settings.home)

    def post_office(self) -> PostOffice | None:
        """Hands letters over, for one process; None where no way was given."""
        way = self.settings.mail_url.get_secret_value()
        if not way:
            return None
        from app.mail import carriers

        carrier: Carrier
        if way == "folder:":
            carrier = carriers.FolderCarrier(self.settings.home / "mail", self.settings.sender, self.clock)
        else:
            carrier = carriers.SmtpCarrier(way, self.settings.sender, self.clock)
        return PostOffice(self.database, self.clock, carrier)

    def close(self) -> None:
        self.database.close()


def build(settings: Settings, clock: Clock = system_clock) -> Portal:
    """Puts a portal together and brings its database up to date."""
    database = db.open_database(settings)
    db.migrate(database)
    ratings = RatingService(database, clock)
    feedback = FeedbackService(database, clock, settings.base_url)
    sealer = Sealer(settings.sealing_keys)

    def beside(ids: Sequence[str]) -> dict[str, bytes]:
        found = described(ratings.summaries(ids), settings.base_url)
        for id_, said in feedback_statements.described(feedback.in_graph(ids), settings.base_url).items():
            found[id_] = found.get(id_, b"") + said
        return found

    catalogue = CatalogueService(database, clock, settings.base_url, beside)

    def open_source(entry: SourceEntry, memory: Memory, limits: Limits) -> Source:
        return _open_source(entry, memory, limits, settings)

    search = SearchService(lambda: _search_reader(settings), catalogue)
    names, addresses = Names(database, catalogue), Addresses(settings.secret, settings.base_url)
    means = Means(database, clock, settings, catalogue, open_source)
    harvesting = HarvestingService(means)
    codes = Codes(settings.secret, f"Suishu {urlsplit(settings.base_url).hostname}")
    entrance = Entrance(codes, staff_needs_second_factor=settings.staff_needs_totp)
    accounts = AccountService(database, clock, settings.secret, settings.base_url, entrance, renew_feed)
    return Portal(
        settings=settings,
        clock=clock,
        database=database,
        catalogue=catalogue,
        browsing=BrowsingService(database),
        feed=FeedService(database, settings.base_url),
        duplicates=DuplicateService(database, clock, catalogue),
        harvesting=harvesting,
        retry=RetryService(means),
        mapping=MappingService(database, clock, settings, harvesting, lambda: _soon(settings)),
        operation=OperationService(database, clock, settings, catalogue),
        search=search,
        data_requests=DataRequestService(database, clock),
        access=AccessService(database, clock),
        real_names=RealNameService(database, clock, sealer, Desk(), settings.base_url),
        real_name_desk=RealNameDesk(database, clock, sealer, settings.base_url),
        access_tokens=AccessTokenService(database, clock, settings.base_url),
        accounts=accounts,
        second_factor=SecondFactorService(database, clock, entrance, accounts, settings.base_url),
        identities=IdentityService(database, clock, entrance, accounts, settings.base_url),
        provider=_provider(settings, clock),
        ratings=ratings,
        feedback=feedback,
        corrections=CorrectionService(database, clock, working_days.after, settings.base_url),
        moderation=ModerationService(database, clock, settings.base_url),
        follow=FollowService(database, clock, settings.zone, names, addresses, search.among),
        digests=DigestService(database, clock, settings.zone, names, addresses, search.among, feedback.numbers_since),
        audit=AuditLog(database, settings.home),
        desk=DeskService(database, clock),
    )


def _provider(settings: Settings, clock: Clock) -> "Provider | None":
    """Where people may sign in elsewhere; None where nobody was named."""
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id:
        raise Misconfigured(
            "已设定 SUISHU_OIDC_ISSUER，还需要 SUISHU_OIDC_CLIENT_ID：本门户在该处登记的名称。",
            "SUISHU_OIDC_ISSUER needs SUISHU_OIDC_CLIENT_ID beside it: what the provider calls this portal.",
        )
    from app.accounts.provider import Client, Provider

    client = Client(
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_scopes,
        f"{settings.base_url}/account/elsewhere/back",
    )
    name = settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""
    words = frozenset(word.strip() for word in settings.oidc_second_factor.split(",")) - {""}
    return Provider(settings.oidc_issuer, client, clock, name=name, second_factor_words=words)


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


def sparql_server(settings: Settings) -> "Server | None":
    """The server that holds the public graph, None where that is embedded."""
    if settings.sparql_url == "embedded:":
        return None
    from app.triplestore.server import Address, Server

    query, update, *graphs = split_sparql_url(settings.sparql_url)
    return Server(
        Address(
            query,
            update,
            graphs[0] if graphs else "",
            settings.sparql_auth == "digest",
            settings.sparql_user,
            settings.sparql_password.get_secret_value(),
        )
    )


def _soon(settings: Settings) -> "Fetcher":
    """For a page that somebody waits for: less of a document, and less time, than a harvest takes."""
    from harvest.fetch import Fetcher

    return Fetcher(
        allowed_networks=[network.strip() for network in settings.harvest_private_networks.split(",") if network],
        max_body_bytes=MAX_MAPPED_BYTES,
        max_unpacked_bytes=MAX_MAPPED_BYTES,
        timeout_s=_PATIENCE_S,
        attempts=1,
    )


def _open_source(entry: SourceEntry, memory: Memory, limits: Limits, settings: Settings) -> Source:
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
        memory=memory,
        limits=limits,
    )
