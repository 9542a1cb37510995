"""What a check of an entry's public RDF finds, as hints for readers and for the publisher."""

from dataclasses import dataclass
from functools import lru_cache

from app.catalogue.model import PublicEntry
from app.pages import origins
from app.web import language
from shapes.validate import validate

MAX_HINTS = 12


@dataclass(frozen=True, slots=True)
class Hint:
    message: str
    article: str


def of(entry: PublicEntry) -> list[Hint]:
    """
    Violations and warnings of `guangzhou`, each message once, in the reader's language. None of an entry from another
    portal, which never had to follow it.
    """
    if origins.is_federated(entry):
        return []
    tag = language.current().tag
    found = dict.fromkeys(
        Hint(messages.get(tag) or messages.get("zh-Hans", ""), article) for messages, article in _findings(entry)
    )
    return [hint for hint in found if hint.message][:MAX_HINTS]


def _findings(entry: PublicEntry) -> tuple[tuple[dict[str, str], str], ...]:
    return _checked(entry.content_hash, entry.version, entry.ntriples)


@lru_cache(maxsize=512)
def _checked(_content_hash: str, _version: int, ntriples: bytes) -> tuple[tuple[dict[str, str], str], ...]:
    report = validate(ntriples, "guangzhou")
    return tuple((dict(result.message), result.article) for result in (*report.violations, *report.warnings))
