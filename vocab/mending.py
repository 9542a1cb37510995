"""Makes statements of N-Triples from terms that RDF does not allow as they stand, or gives them up with a note."""

import re
from collections.abc import Callable
from hashlib import sha1
from urllib.parse import urljoin

from vocab import ntriples
from vocab.iris import language_tag, mended
from vocab.notes import Kind, Notes

Term = tuple[str, str, str, str]
"""("iri" | "blank" | "literal" | anything else that has no place in RDF 1.1, value, language, datatype)"""

_LABEL = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.A)


class Mender:
    """
    `is_iri` says whether an IRI is one, in the eyes of the parser that will read what is written here. With `terms`,
    a predicate that is no IRI is a term which the context of a JSON-LD document does not define.
    """

    def __init__(self, base: str, notes: Notes, is_iri: Callable[[str], bool], *, terms: bool = False) -> None:
        self._base = base
        self._notes = notes
        self._is_iri = is_iri
        self._terms = terms

    def line(self, subject: Term, predicate: Term, object_: Term) -> bytes | None:
        """One line, or None where no statement can be made of the terms."""
        if self._terms and ":" not in predicate[1]:
            term = predicate[1][:100]
            self._notes.add(
                Kind.TERM,
                f"上下文没有定义词语 {term!r}，已略去",
                f"the context does not define {term!r}; it was left out",
            )
            return None
        parts = (
            self._node(subject),
            self._iri(predicate[1], self._base) if predicate[0] == "iri" else None,
            self._literal(object_) if object_[0] == "literal" else self._node(object_),
        )
        if parts[0] is None or parts[1] is None or parts[2] is None:
            bad = (subject, predicate, object_)[parts.index(None)][1][:200]
            self._notes.add(
                Kind.DROPPED,
                f"语句中的 {bad!r} 不能作为 RDF 的项，已略去该语句",
                f"{bad!r} has no place in a statement of RDF; the statement was dropped",
            )
            return None
        return ntriples.line(parts[0], parts[1], parts[2])

    def _node(self, term: Term) -> bytes | None:
        kind, value, _, _ = term
        if kind == "iri":
            return self._iri(value, self._base)
        if kind == "blank":
            label = value if _LABEL.fullmatch(value) else "b" + sha1(value.encode(), usedforsecurity=False).hexdigest()
            return b"_:" + label.encode()
        return None

    def _iri(self, value: str, base: str) -> bytes | None:
        if self._is_iri(value):
            return f"<{value}>".encode()
        for candidate in (mended(value), mended(_joined(base, value)) if base else None):
            if candidate and self._is_iri(candidate):
                self._notes.add(
                    Kind.IRI,
                    f"地址 {value[:200]!r} 含不允许的字符，已改为 {candidate[:200]}",
                    f"the address {value[:200]!r} is no IRI; it was mended to {candidate[:200]}",
                )
                return f"<{candidate}>".encode()
        return None

    def _literal(self, term: Term) -> bytes:
        _, text, language, datatype = term
        tag, directed, _ = language.partition("--")
        if directed:
            self._notes.add(Kind.LITERAL, "已去掉文字方向（RDF 1.2）", "the direction of a text (RDF 1.2) was left out")
        if tag and language_tag(tag) is None:
            self._notes.add(
                Kind.LANGUAGE,
                f"语言标签 {tag[:40]!r} 无效，文字保留而不带标签",
                f"{tag[:40]!r} is no language tag; the text was kept without one",
            )
            return ntriples.literal(text)
        if tag or not datatype:
            return ntriples.literal(text, language=tag)
        type_iri = self._iri(datatype, self._base)
        if type_iri is None:
            self._notes.add(
                Kind.LITERAL,
                f"数据类型 {datatype[:200]!r} 无效，按普通文字保留",
                f"{datatype[:200]!r} is no datatype; the value was kept as plain text",
            )
            return ntriples.literal(text)
        return ntriples.literal(text, datatype=type_iri[1:-1].decode())


def _joined(base: str, value: str) -> str:
    try:
        return urljoin(base, value)
    except ValueError:  # "http://[": not even the parts of an address
        return ""
