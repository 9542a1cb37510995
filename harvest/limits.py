"""How much one run may ask of one source. Whoever keeps the source keeps these beside it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """
    `pages`: documents asked for. `records`: records read. `bytes`: of all documents together, unpacked.
    `run_s`: the whole run, from its first request. `pause_s`: at least between the beginnings of two requests.

    A run that meets one ends there in words: what was read counts, and nothing is taken for gone.
    """

    pages: int = 10_000
    records: int = 2_000_000
    bytes: int = 32 * 1024**3
    run_s: float = 6 * 3600
    pause_s: float = 0.0
