"""What makes two readings of a record the same: a canonical form, its hash, and names for nodes that have none."""

from harvest.changes.canonical import MAX_RECORD_BYTES, canonical, diff, gone, rough_hash
from harvest.changes.excerpt import excerpt
from harvest.changes.naming import skolemise
from harvest.changes.ordering import BUDGET_STEPS
from harvest.record import Canonical

__all__ = [
    "BUDGET_STEPS",
    "MAX_RECORD_BYTES",
    "Canonical",
    "canonical",
    "diff",
    "excerpt",
    "gone",
    "rough_hash",
    "skolemise",
]
