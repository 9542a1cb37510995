"""What harvesting may raise. Every error carries its words in Chinese and English and says what to do."""


class HarvestError(Exception):
    """Root of the tree; `str()` gives both languages, for logs."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


class SourceFailed(HarvestError):
    """The source can't be opened or read further. What was read before it counts; nothing is then taken for gone."""


class Refused(SourceFailed):
    """An address that the fetcher must not ask, or an answer over a limit. Asking again changes nothing."""


class TooComplex(HarvestError):
    """A record whose blank nodes can't be put in order within the budget, or which is too large to be a record."""
