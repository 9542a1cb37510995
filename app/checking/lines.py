"""
Which line of a document a finding speaks of. Parsers don't tell, so the terms are looked for as people write them:
whole, shortened by a prefix of the document, or as a key of JSON. Pure; a line that is not found is said to be none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

_PREFIXES = (
    re.compile(r"(?im)^[ \t]*@?prefix[ \t]+([\w.-]*):[ \t]*<([^<>\s]+)>"),
    re.compile(r"""xmlns:([\w.-]+)\s*=\s*["']([^"']+)["']"""),
    re.compile(r'"([\w.-]+)"\s*:\s*"(https?://[^"\s]+[#/:])"'),
)
_KEYS = re.compile(r'"([\w.:-]+)"\s*:\s*\{\s*"@id"\s*:\s*"([^"]+)"')
_BASE = re.compile(r"""(?i)(?:@?base[ \t]+<|xml:base\s*=\s*["']|"@base"\s*:\s*")([^<>"'\s]+)""")
_MARGIN = re.compile(r"<|_:|\[|[\w-]*:")
_HEAD = 200_000
"""Characters in which prefixes are looked for."""
_BLOCK = 400
"""Lines that one subject may take up."""
_DEPTH = 5
_VALUE = 200
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Lines:
    """`triples`, in N-Triples syntax, lead from a blank node to a node with a name."""

    def __init__(self, text: str, triples: Iterable[tuple[str, str, str]]) -> None:
        self._text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.lines = self._text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in self.lines)][:-1]
        head = text[:_HEAD]
        pairs = [match.groups() for pattern in _PREFIXES for match in pattern.finditer(head)]
        self._prefixes = [(prefix, namespace) for prefix, namespace in pairs if namespace]
        self._keys = {iri: key for key, iri in _KEYS.findall(head)}
        base = _BASE.search(head)
        self._base = base[1] if base else ""
        self._parents: dict[str, tuple[str, str]] = {}
        for subject, predicate, value in triples:
            if value.startswith("_:"):
                self._parents.setdefault(value, (subject, predicate.strip("<>")))
        self._spelled = lru_cache(maxsize=2_000)(self._spellings)
        self._subject = lru_cache(maxsize=2_000)(self._subject_line)

    def find(self, focus: str, predicates: Sequence[str], value: str) -> int:
        """Counts from 1, 0 for none. `focus` is an IRI or `_:label`, `value` the bare text of a term or ""."""
        if whole := self._statement(focus, predicates, value):
            return whole
        start = self._subject(focus)
        end = min(len(self.lines), self._end(start) if start else len(self.lines))
        begin = max(0, start - 1)
        wanted = [self._spelled(predicate) for predicate in predicates]
        if predicates and predicates[0] == TYPE:
            wanted[0] = re.compile(rf"{wanted[0].pattern}|(?<=\s)a(?=\s)")
        if value:
            said = value[:_VALUE].splitlines()[0] if value.strip() else value
            shown = self._spelled(value) if re.match(r"\w[\w+.-]*:\S+$", value) else re.compile(re.escape(said))
            both = (n for n in range(begin, end) if shown.search(self.lines[n]))
            hits = list(both) if start else []
            for each in wanted:
                if line := next((n for n in hits if each.search(self.lines[n])), None):
                    return line + 1
            if hits:
                return hits[0] + 1
        if start:
            for each in wanted:
                for number in range(begin, end):
                    if each.search(self.lines[number]):
                        return number + 1
        return start

    def _statement(self, focus: str, predicates: Sequence[str], value: str) -> int:
        """Of a document that has a whole statement on each line, as N-Triples has."""
        node = focus if focus.startswith("_:") else f"<{focus}>"
        first = 0
        for predicate in predicates[:1]:
            start, at = f"{node} <{predicate}> ", -1
            while (at := self._text.find(start, at + 1)) >= 0:
                number = bisect_right(self._starts, at)
                first = first or number
                if not value or value[:_VALUE] in self.lines[number - 1]:
                    return number
        return first

    def around(self, line: int, count: int = 1) -> tuple[int, list[str]]:
        """The number of the first line and the lines around one."""
        first = max(1, line - count)
        return first, [text[:300] for text in self.lines[first - 1 : line + count]]

    def _subject_line(self, focus: str, depth: int = 0) -> int:
        if focus.startswith("_:"):
            if depth > _DEPTH or focus not in self._parents:
                return 0
            subject, predicate = self._parents[focus]
            start = self._subject(subject.strip("<>") if subject[:1] == "<" else subject, depth + 1)
            spelled = self._spelled(predicate)
            within = range(start - 1, self._end(start)) if start else range(0)
            return next((n + 1 for n in within if spelled.search(self.lines[n])), start)
        if not focus:
            return 0
        spelled = self._spelled(focus)
        as_subject = re.compile(
            rf"^\s*(?:{spelled.pattern})\s*(?:$|[^\s.,;)\]])|(?:about|ID)\s*=\s*[\"'](?:{spelled.pattern})|"
            rf"(?:about|ID)\s*=\s*(?:{spelled.pattern})|\"@id\"\s*:\s*(?:{spelled.pattern})"
        )
        local = re.split(r"[/#]", focus)[-1] or focus
        first = at = 0
        while (at := self._text.find(local, at)) >= 0:
            number = bisect_right(self._starts, at)
            line = self.lines[number - 1]
            if as_subject.search(line):
                return number
            if not first and spelled.search(line):
                first = number
            at += len(line) - (at - self._starts[number - 1]) or 1
        return first

    def _end(self, start: int) -> int:
        """Where the statements about the subject at `start` end: at a line that begins at the margin with another."""
        before = self.lines[start - 1].rstrip()
        for number in range(start, min(len(self.lines), start + _BLOCK)):
            line = self.lines[number]
            if before.endswith(".") and _MARGIN.match(line):
                return number
            if line.strip() and not line.lstrip().startswith("#"):
                before = line.rstrip()
        return min(len(self.lines), start + _BLOCK)

    def _spellings(self, iri: str) -> re.Pattern[str]:
        found = [re.escape(f"<{iri}>"), re.escape(f'"{iri}"'), re.escape(f"'{iri}'")]
        if "&" in iri:
            found.append(re.escape(iri.replace("&", "&amp;")))
        for prefix, namespace in self._prefixes:
            if iri.startswith(namespace) and len(iri) > len(namespace):
                local = re.escape(f"{prefix}:{iri[len(namespace) :]}")
                found.append(rf"(?<![\w:]){local}(?![\w-])")
        if self._base and iri.startswith(self._base):
            rest = re.escape(iri.removeprefix(self._base))
            found.append(rf"[<\"']{rest}[>\"']")
        if iri in self._keys:
            found.append(re.escape(f'"{self._keys[iri]}"'))
        local = re.split(r"[/#]", iri)[-1]
        if local:
            found.append(rf'"{re.escape(local)}"\s*:')
        return re.compile("|".join(found))
