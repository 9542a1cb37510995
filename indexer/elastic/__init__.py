"""Search on an Elasticsearch cluster that many machines share."""

from indexer.elastic.reader import ElasticReader
from indexer.elastic.writer import ElasticWriter, exists, rebuild

__all__ = ["ElasticReader", "ElasticWriter", "exists", "rebuild"]
