"""Elasticsearch behind the doors of the search contract."""

import secrets

from indexer.elastic import ElasticReader, ElasticWriter, rebuild
from tests.contract.search_backends import Backend


def elastic(server: str) -> Backend:
    url = f"{server}/t{secrets.token_hex(6)}"
    with rebuild(url):
        pass
    return Backend(url, ElasticReader(url), ElasticWriter(url))
