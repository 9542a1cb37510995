"""The only module that knows Elasticsearch's client: addresses, time limits, and what its errors mean for a portal."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from indexer.errors import SearchUnavailable, SearchUnreachable

DEFAULT_ALIAS = "suishu"
_SEARCH_TIME_LIMIT_S = 3.0
"""Of one host; a person waits."""

_WRITE_TIME_LIMIT_S = 60.0
_BULK_RECORDS = 500
_BULK_BYTES = 8_000_000
_MAX_RETRIES = 4
"""Of records that a busy server puts off."""

_BUSY = frozenset({408, 429, 502, 503, 504})
_NOT_FOUND = 404

_REINDEX = "请运行 suishu reindex。Run `suishu reindex`."


class Address(NamedTuple):
    """`hosts` without user names; `alias` is what the portal's index is called there."""

    hosts: tuple[str, ...]
    alias: str
    user: tuple[str, str] | None


def address(url: str) -> Address:
    """
    Of `http://host:9200[,http://host2:9200][/name]`: name is the index's, "suishu" where none is given, so that
    portals may share a cluster. User and password may stand before the first host. Raises ValueError.
    """
    hosts, alias, user = [], "", None
    for one in filter(None, map(str.strip, url.split(","))):
        parts = urlsplit(one)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"{one}: http://host:9200")
        port = parts.port or (443 if parts.scheme == "https" else 9200)
        name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        hosts.append(f"{parts.scheme}://{name}:{port}")
        alias = alias or parts.path.strip("/")
        if parts.username and user is None:
            user = unquote(parts.username), unquote(parts.password or "")
    if not hosts:
        raise ValueError("http://host:9200")
    alias = alias or DEFAULT_ALIAS
    if not alias.isascii() or not alias.replace("-", "").replace("_", "").isalnum() or alias != alias.lower():
        raise ValueError(f"{alias}: a-z 0-9 - _")
    return Address(tuple(hosts), alias, user)


class Client:
    """One cluster. Every method raises SearchUnreachable when no host answers, SearchUnavailable for other failures."""

    def __init__(self, url: str) -> None:
        where = address(url)
        self.alias = where.alias
        self._hosts = ", ".join(where.hosts)
        self._quick = Elasticsearch(
            list(where.hosts),
            basic_auth=where.user,
            request_timeout=_SEARCH_TIME_LIMIT_S,
            max_retries=len(where.hosts),
            retry_on_timeout=False,
            retry_on_status=(502, 503),
        )
        self._slow = self._quick.options(
            request_timeout=_WRITE_TIME_LIMIT_S, max_retries=_MAX_RETRIES, retry_on_timeout=True
        )

    def search(self, target: str, body: Mapping[str, Any], preference: str = "") -> Mapping[str, Any]:
        """The answer, whole: a shard that fails fails the search."""
        with self._telling():
            found = self._quick.search(
                index=target,
                allow_partial_search_results=False,
                request_cache=None if preference else True,
                preference=preference or None,
                **body,
            )
            return found.body  # type: ignore[no-any-return]

    def count(self, target: str) -> int:
        with self._telling():
            return int(self._quick.count(index=target)["count"])

    def meta(self, target: str) -> tuple[str, dict[str, Any]] | None:
        """Name and `_meta` of the index behind `target`; None where there is none."""
        with self._telling():
            try:
                found = self._quick.indices.get_mapping(index=target, filter_path="*.mappings._meta").body
            except NotFoundError:
                return None
        for name, index in found.items():
            return name, index["mappings"].get("_meta", {})
        return target, {}

    def set_meta(self, target: str, meta: Mapping[str, Any]) -> None:
        with self._telling():
            self._slow.indices.put_mapping(index=target, meta=meta)

    def create(self, name: str, body: Mapping[str, Any]) -> None:
        with self._telling():
            self._slow.indices.create(index=name, wait_for_active_shards=1, **body)

    def refresh(self, target: str) -> None:
        """What was written is seen."""
        with self._telling():
            self._slow.indices.refresh(index=target)

    def point(self, alias: str, name: str) -> None:
        """From now on `alias` is the index `name` and no other, in one step."""
        with self._telling():
            self._slow.indices.update_aliases(
                actions=[
                    {"remove": {"index": f"{alias}-v*", "alias": alias, "must_exist": False}},
                    {"add": {"index": name, "alias": alias, "is_write_index": True}},
                ]
            )

    def names(self, pattern: str) -> list[str]:
        with self._telling():
            return sorted(self._slow.indices.get(index=pattern, filter_path="*.aliases", expand_wildcards="all").body)

    def delete(self, name: str) -> None:
        """Nothing happens where it is gone already."""
        with self._telling():
            self._slow.indices.delete(index=name, ignore_unavailable=True)

    def wait_until_searchable(self, name: str) -> None:
        with self._telling():
            self._slow.cluster.health(index=name, wait_for_status="yellow", timeout="30s")

    def bulk(self, target: str, actions: Iterable[dict[str, Any]], *, alias: bool) -> dict[str, str]:
        """
        Applies `actions` and returns why records were refused, by id. With `alias`, `target` must be one: an index
        that somebody took away isn't made again without its mapping.
        """
        refused: dict[str, str] = {}
        with self._telling():
            answers = streaming_bulk(
                self._slow,
                actions,
                chunk_size=_BULK_RECORDS,
                max_chunk_bytes=_BULK_BYTES,
                max_retries=_MAX_RETRIES,
                initial_backoff=0.5,
                raise_on_error=False,
                index=target,
                require_alias=alias,
            )
            for good, answer in answers:
                if good:
                    continue
                ((kind, item),) = answer.items()
                status, error = item.get("status", 0), item.get("error")
                if status in _BUSY:
                    raise SearchUnreachable(self._words(f"{item['_id']}: {_reason(error)}"))
                if status == _NOT_FOUND and error:
                    raise self._missing()
                if status != _NOT_FOUND and kind == "index":
                    refused[item["_id"]] = _reason(error)
        return refused

    def close(self) -> None:
        self._quick.close()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except NotFoundError as error:
            raise self._missing() from error
        except BadRequestError as error:
            raise SearchUnavailable(f"Elasticsearch 不接受请求。Elasticsearch refuses a request: {error}") from error
        except ApiError as error:
            if error.status_code in _BUSY:
                raise SearchUnreachable(self._words(str(error))) from error
            raise SearchUnavailable(
                f"Elasticsearch 出错，请检查地址、账号与权限。"
                f"Elasticsearch at {self._hosts} fails; check address, user and rights: {error}"
            ) from error
        except (TransportError, BulkIndexError) as error:
            raise SearchUnreachable(self._words(str(error))) from error

    def _words(self, why: str) -> str:
        return (
            f"检索服务暂时无法连接，恢复后会自动补上。Elasticsearch at {self._hosts} can't be reached now; "
            f"the index catches up by itself afterwards. ({why[:500]})"
        )

    def _missing(self) -> SearchUnavailable:
        return SearchUnavailable(
            f"检索索引尚未建立：{self.alias}。No search index {self.alias} at {self._hosts}. {_REINDEX}"
        )


def _reason(error: Any) -> str:
    """`type: reason` of what the server says, its innermost cause with it."""
    if not isinstance(error, Mapping):
        return str(error)[:300]
    words = f"{error.get('type')}: {error.get('reason')}"
    cause = error.get("caused_by")
    return (f"{words} ({_reason(cause)})" if cause else words)[:300]
