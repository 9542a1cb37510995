"""
Every setting of the portal: name, default, help. Read from the environment as SUISHU_<NAME>; units stand in the
names. docs/settings.md lists them and a test holds the two together.
"""

import base64
import errno
import os
import re
import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import Misconfigured

_MIN_SECRET_CHARACTERS = 32
_KEY_BYTES = 32
_INDEX_NAME = re.compile(r"(?:[a-z0-9][a-z0-9_-]*)?")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SUISHU_", frozen=True, extra="ignore")

    home: Path = Field(Path("var"), description="Folder of all embedded data: database, index, triple store, locks.")
    base_url: str = Field(
        "http://127.0.0.1:8080",
        description="Address under which the public reaches the portal; every dataset's URI begins with it.",
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL of the record (SQLite or PostgreSQL by psycopg). Empty: SQLite in the home."
    )
    search_url: str = Field(
        "embedded:",
        description="Search engine: `embedded:` is tantivy in the home, http://host:9200[,http://host2:9200] "
        "Elasticsearch 9.2.",
    )
    sparql_url: str = Field(
        "embedded:",
        description="Triple store; `embedded:` is Oxigraph in the home. A server: query, update and, if it has one, "
        "graph store address, by spaces or commas.",
    )
    sparql_user: str = Field("", description="User of the SPARQL server; empty where it asks for none.")
    sparql_password: SecretStr = Field(SecretStr(""), description="Password of the SPARQL server.")
    sparql_auth: Literal["basic", "digest"] = Field("basic", description="How the SPARQL server asks for them.")
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs what browsers hold. Empty: made once and kept in the home, mode 0600."
    )
    hsts_max_age_days: int = Field(
        0,
        ge=0,
        le=730,
        description="Browsers that were here once ask by https alone for so long; only with an https base address. "
        "0: nothing is said.",
    )
    operator_email: str = Field(
        "",
        description="Mail address of whoever runs the portal; data.json, which must have one, says it of entries whose "
        "publisher gives none.",
    )
    mail_url: SecretStr = Field(
        SecretStr(""),
        description="How letters leave: smtp://user:password@host:587, smtps://host, or `folder:` (files in the home, "
        "to try things out). Empty: nobody can sign up.",
    )
    mail_from: str = Field("", description="Sender of letters; empty: suishu@ the base address's host.")
    identity_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys under which numbers and legal names of real-named accounts are kept, each 32 random bytes as "
        "base64, with commas between; the first seals. Empty: nobody can be real-named.",
    )
    staff_needs_totp: bool = Field(
        True,
        description="Publishers, authority and operator sign in with a second factor; whoever has none sets it up at "
        "the next sign-in.",
    )
    oidc_issuer: str = Field(
        "", description="Issuer of an OpenID Connect provider by which people may sign in. Empty: none."
    )
    oidc_client_id: str = Field("", description="What that provider calls this portal.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="The portal's secret there; empty for PKCE alone.")
    oidc_name: str = Field("", description="Name of the provider on buttons. Empty: its host.")
    oidc_scopes: str = Field("openid email", description="What the provider is asked for, with spaces between.")
    oidc_second_factor: str = Field(
        "",
        description="Words of `amr` or `acr` by which the provider says that it asked for a second factor, with commas "
        "between; then ours is not asked for. Empty: ours always counts.",
    )
    log_level: str = Field("info", description="debug, info, warning or error.")
    database_busy_timeout_s: float = Field(
        30.0, gt=0, description="How long a write waits for its turn before it gives up."
    )
    harvest_batch_rows: int = Field(200, ge=1, le=200, description="Records kept in one transaction.")
    harvest_pause_ms: float = Field(
        5.0, ge=0, description="Pause between a harvest's transactions; lets people's writes in."
    )
    harvest_time_limit_s: float = Field(
        900.0, gt=0, description="One document of a source is given up after this time."
    )
    harvest_size_limit_mb: int = Field(1024, ge=1, description="A larger document of a source is refused.")
    harvest_run_size_limit_mb: int = Field(32 * 1024, ge=1, description="All documents of one run together, unpacked.")
    harvest_page_limit: int = Field(10_000, ge=1, description="Documents that one run asks a source for.")
    harvest_record_limit: int = Field(2_000_000, ge=1, description="Records that one run reads of a source.")
    harvest_request_pause_s: float = Field(
        0.0, ge=0, description="At least so long between the beginnings of two requests to a source."
    )
    harvest_run_limit_s: float = Field(6 * 3600.0, gt=0, description="A run is ended after this time.")
    harvest_stall_limit_s: float = Field(
        1800.0, gt=0, description="A run in which nothing went on for so long is ended; longer than one document takes."
    )
    harvest_workers: int = Field(
        4, ge=0, description="Scheduled harvests that run at once on this machine; 0: none are begun here."
    )
    harvest_memory_limit_mb: int = Field(2048, ge=128, description="A scheduled harvest that needs more is ended.")
    harvest_nice: int = Field(
        5, ge=0, le=19, description="How far scheduled harvests stand back for everything else, as `nice` counts."
    )
    time_zone: str = Field(
        "Asia/Shanghai", description="Zone of the times at which sources are harvested and digests sent."
    )
    harvest_private_networks: str = Field(
        "", description="Private networks that sources may lie in, as CIDR with commas between. Empty: none."
    )
    missing_grace_days: int = Field(
        14, ge=0, description="How long a record may be missing from its source before its entry is withdrawn."
    )
    missing_limit_percent: float = Field(
        20.0, ge=0, le=100, description="More of a source missing than this is left for a person to decide."
    )
    web_workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="Web processes.")
    web_threads: int = Field(8, ge=1, description="Threads of each web process; long answers may hold seven of them.")
    sparql_workers: int = Field(2, ge=1, description="SPARQL worker processes.")
    sparql_time_limit_s: float = Field(10.0, gt=0, description="A SPARQL query is ended after this time.")
    sparql_row_limit: int = Field(100_000, ge=1, description="A SPARQL answer ends after this, and says so.")
    sparql_budget_s: float = Field(
        60.0,
        ge=0,
        description="Seconds of work that one client's queries may take in a minute; 0: as many as they like.",
    )
    trusted_proxies: int = Field(
        0, ge=0, description="Proxies in front of the portal whose X-Forwarded-For is believed; tells clients apart."
    )
    sparql_memory_limit_mb: int = Field(600, ge=64, description="A SPARQL worker that needs more is ended.")

    @field_validator("base_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("an http or https address without query, such as https://data.example.gov.cn")
        if any(character in value for character in ' <>"{}|\\^`') or not value.isascii():
            raise ValueError("an address that can stand in an IRI: ASCII, no spaces, brackets or quotes")
        return value

    @field_validator("sparql_url")
    @classmethod
    def _is_a_store(cls, value: str) -> str:
        value = value.strip()
        if value != "embedded:":
            split_sparql_url(value)
        return value

    @field_validator("search_url")
    @classmethod
    def _is_search_engine(cls, value: str) -> str:
        if value != "embedded:":
            for host in value.split(","):
                parts = urlsplit(host.strip())
                name = parts.path.strip("/")
                if parts.scheme not in ("http", "https") or not parts.hostname or not _INDEX_NAME.fullmatch(name):
                    raise ValueError("embedded: or http://host:9200, several with commas between, an index name /a-z")
                _ = parts.port  # raises ValueError in words
        return value

    @field_validator("harvest_private_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for network in filter(None, map(str.strip, value.split(","))):
            ip_network(network)  # raises ValueError in words
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("a zone such as Asia/Shanghai or UTC") from None
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @field_validator("operator_email", "mail_from")
    @classmethod
    def _is_mail_address(cls, value: str) -> str:
        value = value.strip()
        if value and not re.fullmatch(r"[\w.!$&'*+=~-]+@[\w-]+(?:\.[\w-]+)+", value, re.ASCII):
            raise ValueError("a mail address, such as data@example.gov.cn")
        return value

    @field_validator("mail_url")
    @classmethod
    def _is_a_way(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value().strip())
        if parts.geturl() not in ("", "folder:") and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("smtp://host:port, smtps://host:port or folder:")
        return SecretStr(parts.geturl())

    @field_validator("identity_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        keys = value.get_secret_value().split(",") if value.get_secret_value().strip() else []
        return SecretStr(",".join(_key(key.strip()) for key in keys))

    @field_validator("oidc_issuer")
    @classmethod
    def _is_an_issuer(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        near = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if value and ((parts.scheme != "https" and not (near and parts.scheme == "http")) or not parts.hostname):
            raise ValueError("an https address, exactly as the provider writes it")
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("an address without query, fragment, user or password")
        return value.strip()

    @field_validator("oidc_scopes")
    @classmethod
    def _asks_who(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("openid and others, with spaces between")
        return " ".join(value.split())

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        if value.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("one of debug, info, warning, error")
        return value.lower()

    def environment(self) -> dict[str, str]:
        """The same settings for a process of our own, as its environment."""
        said = {name: getattr(self, name) for name in type(self).model_fields}
        plain = {name: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for name, v in said.items()}
        return {f"SUISHU_{name.upper()}": value for name, value in plain.items()}

    @property
    def database(self) -> str:
        """The database's URL, resolved."""
        return self.database_url or f"sqlite:///{(self.home / 'record.sqlite').resolve()}"

    @property
    def sealing_keys(self) -> list[str]:
        """The keys of real names, as Fernet takes them; the first seals, all open."""
        return [key for key in self.identity_keys.get_secret_value().split(",") if key]

    @property
    def sender(self) -> str:
        """The address in From of letters."""
        return self.mail_from or f"suishu@{urlsplit(self.base_url).hostname}"

    def secret(self) -> str:
        """
        The secret key; makes one and keeps it in the home when none is set.

        Two processes that start at once get the same: the file is linked into place whole, and the first link wins.
        """
        given = self.secret_key.get_secret_value()
        if given:
            if len(given) < _MIN_SECRET_CHARACTERS:
                raise Misconfigured(
                    f"SUISHU_SECRET_KEY 太短，至少 {_MIN_SECRET_CHARACTERS} 个字符；可用 openssl rand -hex 32 生成。",
                    f"SUISHU_SECRET_KEY is too short: use at least {_MIN_SECRET_CHARACTERS} characters, "
                    "for example from `openssl rand -hex 32`.",
                )
            return given
        path = self.home / "secret.key"
        if not path.exists():
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_name(f".secret.{os.getpid()}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()


def _key(said: str) -> str:
    """A key in the URL-safe alphabet. Raises `ValueError` in words that do not repeat it."""
    try:
        key = base64.b64decode(said.translate(str.maketrans("-_", "+/")), validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ValueError(
            "32 random bytes as base64, such as `openssl rand -base64 32` gives; several with commas between"
        )
    return base64.urlsafe_b64encode(key).decode()


def split_sparql_url(value: str) -> list[str]:
    """The query, update and, if given, graph store address. Raises `ValueError` in words."""
    urls = [url for url in re.split(r"[\s,]+", value) if url]
    if len(urls) not in (2, 3):
        raise ValueError("`embedded:`, or a query address, an update address and perhaps a graph store address")
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http or https address: {url}")
        if "@" in parts.netloc:
            raise ValueError("user and password belong in SUISHU_SPARQL_USER and SUISHU_SPARQL_PASSWORD")
    return urls


def load() -> Settings:
    """
    Settings from the environment, with the home there. Raises `Misconfigured`, naming each setting that can't be used.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"SUISHU_{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}" for fault in error.errors()
        )
        raise Misconfigured(
            f"设置有误，请更正后再启动：{faults}", f"Settings can't be used; mend them: {faults}"
        ) from None
    _make_home(settings.home)
    return settings


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        fault = "" if os.access(home, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)
    except FileExistsError:
        fault = os.strerror(errno.ENOTDIR)
    except OSError as error:
        fault = error.strerror or str(error)
    except ValueError as error:  # a NUL in the path
        fault = str(error)
    if fault:
        raise Misconfigured(
            f"SUISHU_HOME（{home}）不是可以写入的文件夹，也无法建立：{fault}。请用 SUISHU_HOME 指定另一个文件夹。",
            f"SUISHU_HOME ({home}) is no folder that can be written, and can't be made one: {fault}. "
            "Set it to another folder.",
        )
