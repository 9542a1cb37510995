"""
Links that the command line gave, and the sessions they opened. Of both only a hash is kept, so that whoever reads the
database can open nothing with it.
"""

from sqlalchemy import Column, String, Table

from app.columns import Moment
from app.db import metadata

operator_link = Table(
    "operator_link",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

operator_session = Table(
    "operator_session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)
