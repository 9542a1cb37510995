"""
The record. A dataset's row is small, so that lists and sums stay fast; its RDF lies in its versions.

`public_ntriples` is what anyone may see, made once by `disclosure`; it is NULL where the public may see nothing.
`publisher.named_by` is the entry that its names were read from: they go when that entry is closed.
`public_title` outlives a withdrawal, for the tombstone; it is NULL unless the title was public when it ended.

`dataset_term` has the codes and keywords of what is published, for lists in the order of ids and for counts, and what
several entries may share because they are one dataset (`sameness`); `duplicate_apart` has a person's word that they are
not, one row an entry and value;
`said_change` says when what people say of a dataset or how they rate it changed last: that something was taken away
leaves no other trace.
`public_change` says in the order of the commits what the public came to see or ceased to see: version 0 is an end.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from app.columns import Json, Moment, Packed, Words
from app.db import metadata

source = Table(
    "source",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("title", Words, nullable=False),
    Column("location", Words, nullable=False),
    Column("dialect", String(40), nullable=False),
    Column("mapping", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("keys_chosen", Json),
    Column("checked_by", String(64), nullable=False, server_default=""),
    Column("validators", Json),
    Column("since", String(80), nullable=False, server_default=""),
    Column("whole_at", Moment),
)

publisher = Table(
    "publisher",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("names", Json, nullable=False),
    Column("iri", Words, nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("named_by", String(32), nullable=False, index=True),
)

dataset = Table(
    "dataset",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("source_id", String(80), ForeignKey("source.id"), nullable=False, index=True),
    Column("source_key", Words, nullable=False),
    Column("source_iri", Words, nullable=False),
    Column("state", String(20), nullable=False),
    Column("profile", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("title", Words, nullable=False),
    Column("public_title", Words),
    Column("publisher_id", String(32)),
    Column("open_attribute", String(10), nullable=False),
    Column("withheld", String(40), nullable=False),
    Column("data_items", Integer, nullable=False),
    Column("row_count", BigInteger, nullable=False),
    Column("distributions", Integer, nullable=False),
    Column("apis", Integer, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("published_at", Moment),
    Column("missing_since", Moment),
    Column("withdrawn_at", Moment),
    Column("problems", Json, nullable=False),
    Index("ix_dataset_state_id", "state", "id"),
    Index("ix_dataset_publisher_id_state_id", "publisher_id", "state", "id"),
    Index("ix_dataset_state_recorded_at_id", "state", "recorded_at", "id"),
)

dataset_version = Table(
    "dataset_version",
    metadata,
    Column("dataset_id", String(32), ForeignKey("dataset.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("recorded_at", Moment, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("ntriples", Packed, nullable=False),
    Column("public_ntriples", Packed),
)

dataset_term = Table(
    "dataset_term",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("value", String(200), primary_key=True),
    Column("dataset_id", String(32), ForeignKey("dataset.id"), primary_key=True, index=True),
    sqlite_with_rowid=False,  # the key is all there is
)

duplicate_apart = Table(
    "duplicate_apart",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("value", String(200), primary_key=True),
    Column("dataset_id", String(32), ForeignKey("dataset.id"), primary_key=True, index=True),
    Column("at", Moment, nullable=False),
)

public_change = Table(
    "public_change",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("dataset_id", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_public_change_dataset_id_version_seq", "dataset_id", "version", "seq"),
    sqlite_autoincrement=True,  # pages of the feed are ranges of these numbers
)

said_change = Table(
    "feedback_change",
    metadata,
    Column("dataset_id", String(32), ForeignKey("dataset.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)
