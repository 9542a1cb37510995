"""
The one tree of errors that a use case may raise. Each says in Chinese and in English what is wrong and what to do;
front doors turn it into a problem document, an error page or an exit status, in one place each.
"""

from typing import ClassVar


class SuishuError(Exception):
    """`code` is a stable word for programs; the front doors map it to an HTTP status or an exit status."""

    code: ClassVar[str] = "error"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en

    def in_language(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


class NotFound(SuishuError):
    code = "not-found"


class Invalid(SuishuError):
    """What was asked for can't be meant; the caller has to change it."""

    code = "invalid"


class Forbidden(SuishuError):
    """The account may not do this."""

    code = "forbidden"


class NotOffered(SuishuError):
    """There is such a thing, but not in the form that was asked for."""

    code = "not-offered"


class Busy(SuishuError):
    """Somebody else is doing this now; trying again later may work."""

    code = "busy"


class TooMany(SuishuError):
    """One asker did this too often; `retry_after_s` says when it may again."""

    code = "too-many"

    def __init__(self, zh: str, en: str, *, retry_after_s: int) -> None:
        super().__init__(zh, en)
        self.retry_after_s = retry_after_s


class Unavailable(SuishuError):
    """A part of the portal can't be reached now."""

    code = "unavailable"


class Misconfigured(SuishuError):
    """A setting or an installation must be mended before the portal can run."""

    code = "misconfigured"
