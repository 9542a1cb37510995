"""
What harvesting may raise. Every error carries its words in Chinese and English and says what to do.

Those words end in reports that anybody may read, and addresses of sources may hold what opens them: so no error has
such a thing in its words, whoever wrote them.
"""

import re

_WHO = re.compile(r"(?<=://)[^\s/?#]*@")
_SECRET = re.compile(
    r"(?<=[?&;])((?:[\w.%-]*(?:token|secret|signature|passw|pwd|credential|auth|session)[\w.%-]*"
    r"|(?:[\w.%-]*[-_.]|api|app|access|user)?(?:key|sig|sid|ak|sk))=)[^\s&#;\"'<>（）()，。；、]+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """The text, its addresses without user and password, and without the values of parameters that open a door."""
    return _SECRET.sub(r"\1***", _WHO.sub("", text))


class HarvestError(Exception):
    """Root of the tree; `str()` gives both languages, for logs."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh = without_secrets(zh)
        self.en = without_secrets(en)
        super().__init__(f"{self.zh} / {self.en}")


class SourceFailed(HarvestError):
    """The source can't be opened or read further. What was read before it counts; nothing is then taken for gone."""


class Refused(SourceFailed):
    """An address that the fetcher must not ask, or an answer over a limit. Asking again changes nothing."""


class TooComplex(HarvestError):
    """A record whose blank nodes can't be put in order within the budget, or which is too large to be a record."""
