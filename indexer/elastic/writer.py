"""Writing an index on Elasticsearch, and making one anew beside the one that is searched."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from indexer.document import Document
from indexer.elastic.client import Client
from indexer.elastic.mapping import SCHEMA_VERSION, index_body, to_elastic
from indexer.elastic.reader import check_format, unindexed
from indexer.errors import SearchUnavailable

_HELD = 1_000
"""Changes that are kept back for `commit`; a larger load goes to the server before, unseen until then."""

_MAX_ID_BYTES = 512
_MAX_REASONS = 1_000


class ElasticWriter:
    """
    The writer of the index that a URL names; the caller sees to it that there is one at a time.

    Raises SearchUnreachable while no host answers, SearchUnavailable where there is no index, and IndexOutdated when
    it needs `rebuild`. `unindexed` has records that the server refuses, with its reason; those aren't found, not even
    as they were before.
    """

    def __init__(self, url: str) -> None:
        client = Client(url)
        try:
            check_format(client)
            self._open(client, client.alias, unindexed(client))
        except BaseException:
            client.close()
            raise

    @classmethod
    def _of_index(cls, client: Client, name: str) -> "ElasticWriter":
        writer = cls.__new__(cls)
        writer._open(client, name, {})
        return writer

    def _open(self, client: Client, target: str, refused: dict[str, str]) -> None:
        self._client = client
        self._target = target
        self._held: dict[str, Document | None] = {}
        self._said = dict(refused)
        self.unindexed = refused

    def apply(self, upserts: Iterable[Document], deletes: Iterable[str]) -> None:
        """A record that is there already is replaced; the last of several with one id counts."""
        latest = {document.id: document for document in upserts}
        self._held.update(dict.fromkeys(deletes))
        self._held.update(latest)
        if len(self._held) >= _HELD:
            self._send()

    def commit(self) -> None:
        self._send()
        if self._said != self.unindexed:
            made = self._client.meta(self._target)
            meta = made[1] if made else {}
            self._client.set_meta(self._target, {**meta, "unindexed": self.unindexed})
            self._said = dict(self.unindexed)
        self._client.refresh(self._target)

    def clear(self) -> None:
        """Remove every record, visible at `commit`."""
        self._held.clear()
        body: dict[str, Any] = {"size": 10_000, "sort": [{"id": "asc"}], "source": False}
        self._client.refresh(self._target)
        while hits := self._client.search(self._target, body, "ids")["hits"]["hits"]:
            self._held.update(dict.fromkeys(hit["_id"] for hit in hits))
            body["search_after"] = hits[-1]["sort"]
        self._held.update(dict.fromkeys(self.unindexed))

    def close(self) -> None:
        """What was kept back is dropped. Does nothing the second time."""
        self._held.clear()
        self._client.close()

    def _send(self) -> None:
        if not self._held:
            return
        # Kept until the server has them: after an error the same batch may be sent again.
        refused = {id_: reason for id_, held in self._held.items() if held and (reason := _unfit(id_))}
        actions = (_action(id_, held) for id_, held in self._held.items() if not _unfit(id_))
        refused |= self._write(actions)
        if gone := [id_ for id_ in refused if not _unfit(id_)]:
            self._write(_action(id_, None) for id_ in gone)
        for id_ in self._held:
            self.unindexed.pop(id_, None)
        for id_, reason in refused.items():
            if len(self.unindexed) < _MAX_REASONS:
                self.unindexed[id_] = reason
        self._held.clear()

    def _write(self, actions: Iterable[dict[str, Any]]) -> dict[str, str]:
        return self._client.bulk(self._target, actions, alias=self._target == self._client.alias)


@contextmanager
def rebuild(url: str) -> Iterator[ElasticWriter]:
    """
    A writer on a new, empty index, which takes the place of the one at `url` in one step when the block ends well.

    Until then, and after an error, searches see the old one, if there is one.
    """
    client = Client(url)
    try:
        _sweep(client)
        name = f"{client.alias}-v{SCHEMA_VERSION}-{secrets.token_hex(6)}"
        client.create(name, index_body())
        try:
            writer = ElasticWriter._of_index(client, name)
            yield writer
            writer.commit()
            client.wait_until_searchable(name)
            client.point(client.alias, name)
        except BaseException:
            with suppress(SearchUnavailable):
                client.delete(name)
            raise
        with suppress(SearchUnavailable):  # it is swept away next time
            _sweep(client)
    finally:
        client.close()


def exists(url: str) -> bool:
    """Is there an index, of whatever version? Raises SearchUnreachable."""
    client = Client(url)
    try:
        return client.meta(client.alias) is not None
    finally:
        client.close()


def _sweep(client: Client) -> None:
    """Remove indexes that are not in use: what a rebuild replaced, and what a killed one left."""
    current = client.meta(client.alias)
    for name in client.names(f"{client.alias}-v*"):
        if current is None or name != current[0]:
            client.delete(name)


def _action(id_: str, document: Document | None) -> dict[str, Any]:
    if document is None:
        return {"_op_type": "delete", "_id": id_}
    return {"_op_type": "index", "_id": id_, "_source": to_elastic(document)}


def _unfit(id_: str) -> str:
    """Why an id can't be one on the server, "" when it can."""
    if not id_:
        return "no id"
    size = len(id_.encode("utf-8", "replace"))
    return f"an id of {size} bytes, more than {_MAX_ID_BYTES}" if size > _MAX_ID_BYTES else ""
