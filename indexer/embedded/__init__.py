"""Search inside the process: tantivy files in a folder, many readers, one writer."""

from indexer.embedded.reader import EmbeddedReader
from indexer.embedded.writer import EmbeddedWriter, rebuild

__all__ = ["EmbeddedReader", "EmbeddedWriter", "rebuild"]
