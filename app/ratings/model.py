"""
What the ratings of a dataset say together. Pure.

A mean of two ratings says little, so the mean that is shown and sorted by counts `PRIOR_WEIGHT` ratings of `PRIOR_MEAN`
beside the real ones (a Bayesian mean): one vote of five stars gives 3.3, fifty give 4.8.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

STARS = range(1, 6)
PRIOR_MEAN = 3.0
PRIOR_WEIGHT = 5


@dataclass(frozen=True, slots=True)
class Summary:
    """`distribution`: how many gave 1, 2, 3, 4 and 5 stars."""

    distribution: tuple[int, int, int, int, int]

    @property
    def count(self) -> int:
        return sum(self.distribution)

    @property
    def mean(self) -> float:
        """The Bayesian mean, between 1 and 5; `PRIOR_MEAN` where nobody rated."""
        total = sum(stars * count for stars, count in zip(STARS, self.distribution, strict=True))
        return (PRIOR_WEIGHT * PRIOR_MEAN + total) / (PRIOR_WEIGHT + self.count)

    @property
    def hundredths(self) -> int:
        """The mean in hundredths of a star, 0 where nobody rated; what search sorts by."""
        return round(self.mean * 100) if self.count else 0


def summary(counts: Mapping[int, int]) -> Summary:
    """From stars -> how many."""
    one, two, three, four, five = (counts.get(stars, 0) for stars in STARS)
    return Summary((one, two, three, four, five))


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's word on one dataset; `version` is the version of the entry that was rated last."""

    dataset_id: str
    stars: int
    version: int
    at: datetime
