"""
What a query text means before any engine sees it, as far as the portal has to know. Pure.

The engine shows no algebra and rdflib's parser can be made to take seconds, so the words are told apart here. The
engine reads without a lexer ("1SERVICE<x>{}" calls), and "<" begins an IRI or compares, so every reading that is
possible is followed. The wall behind this one is the worker's filter of system calls: no internet socket can be made
there, whatever passes here.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Terminals of https://www.w3.org/TR/sparql11-query/#sparqlGrammar
_IRI = r"""<[^<>"{}|^`\x00-\x20]*>"""
_NAME = r"""(?:[^\W\d_][\w.-]*)?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[-_~.!$&'()*+,;=/?\#@%])*"""
_VARIABLE = r"[?$]\w+"
# Possessive: else a row of n "#" could be taken apart in 2**n ways.
_GAP = r"(?:\s|\#[^\n\r]*+)*+"
_STRING = r"""\"{3}(?:[^"\\]|\\.|\"{1,2}(?!\"))*\"{3}|'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}"""
_STRING += r"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'"""
_COMMENT = r"\#[^\n\r]*"
TOKEN = re.compile(
    rf"""
      (?P<iri>      {_IRI} )
    | (?P<string>   {_STRING} )
    | (?P<comment>  {_COMMENT} )
    | (?P<variable> {_VARIABLE} )
    | (?P<blank>    _:\w(?:[\w.-]*[\w-])? )
    | (?P<tag>      @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<name>     {_NAME} )
    | (?P<word>     [^\W\d_]+ )
    | (?P<space>    \s+ )
    | (?P<other>    . )
    """,
    re.VERBOSE | re.DOTALL,
)
_SAID = re.compile(rf"({_IRI}|\\.)|(?:{_STRING})|{_COMMENT}", re.DOTALL)
_CALL = re.compile(rf"SERVICE{_GAP}(?:SILENT{_GAP})?(?:{_IRI}|{_VARIABLE}|{_NAME}){_GAP}\{{", re.IGNORECASE)
_GRAPH_BEFORE = re.compile(r"(?<![\w?$:@.-])(?:GRAPH|FROM|NAMED)[ \t]+\Z", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_INSIDE = re.compile(r"<(?:java|bif|sql|xsl|rdfdf):[^<>]*", re.IGNORECASE)
_VARIES = re.compile(rf"(?:NOW|RAND|UUID){_GAP}\(", re.IGNORECASE)
_UPDATES = frozenset(["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"])
_FORMS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])


def may_say(query: str, words: Iterable[str]) -> bool:
    """Whether any of these keywords can be in it: to take a query apart takes as long as to answer a quick one."""
    capitals = query.upper()
    return any(word in capitals for word in words)


def calls_service(query: str) -> bool:
    """Whether another endpoint may be called, however it is spelled."""
    return any("service" in text.lower() and _calls_service(text) for text in _readings(query))


def _calls_service(text: str) -> bool:
    ahead, seen = [0], set()
    while ahead:
        position = ahead.pop()
        match = TOKEN.match(text, position)
        if match is None or position in seen:
            continue
        seen.add(position)
        piece = match[0]
        if piece in "\"'":
            continue  # a string without an end: no engine can read on from here
        ahead.append(match.end())
        if match.lastgroup == "iri":
            ahead.append(position + 1)  # if it was a comparison
        elif match.lastgroup in ("word", "name") and _is_call(text, position, piece.partition(":")[0]):
            return True
    return False


def _is_call(text: str, position: int, keyword: str) -> bool:
    """Whether a piece that begins with letters there, up to a colon if it has one, is or ends with the keyword."""
    for offset in (found.start() for found in re.finditer("service", keyword, re.IGNORECASE)):
        # `GRAPH services:g {` looks like a call to `s:g`, and is none.
        if _CALL.match(text, position + offset) and not _GRAPH_BEFORE.search(text[max(0, position - 20) : position]):
            return True
    return False


def update_operation(query: str) -> str:
    """The word by which this is an update and no query, "" when it is none: LOAD, INSERT …"""
    for text in _readings(query):
        if not may_say(text, _UPDATES):
            continue
        for kind, piece in tokens(text):
            if kind == "word" and piece.upper() in _FORMS:
                break
            if kind == "word" and piece.upper() in _UPDATES:
                return piece.upper()
    return ""


def varies(query: str) -> bool:
    """Whether the same query may be answered otherwise on the same state: by the clock or by chance."""
    return any(_VARIES.search(text) for text in _readings(query))


def from_graphs(query: str) -> list[str]:
    """The graphs of FROM and FROM NAMED, as far as their IRIs are whole; a prefix that is not declared is left out."""
    if not may_say(query, ("FROM",)):
        return []
    prefixes: dict[str, str] = {}
    graphs = []
    words = [(kind, piece) for kind, piece in _head(query) if kind not in ("space", "comment")]
    for index, (kind, piece) in enumerate(words):
        rest = words[index + 1 : index + 3]
        if kind != "word" or not rest:
            continue
        if piece.upper() == "PREFIX" and len(rest) == 2 and rest[1][0] == "iri":
            prefixes[rest[0][1].rstrip(":")] = rest[1][1][1:-1]
        elif piece.upper() == "FROM":
            kind, piece = rest[-1] if rest[0][1].upper() == "NAMED" else rest[0]
            prefix, _, local = piece.partition(":")
            if kind == "iri":
                graphs.append(_decode(piece[1:-1]))
            elif kind == "name" and prefix in prefixes:
                graphs.append(_decode(prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)))
    return graphs


def in_order(query: str, variables: list[str]) -> list[str]:
    """
    The variables of a `SELECT *` in the order in which the query names them first, as people expect its columns; the
    engine sorts them. Those of any other query as they are.
    """
    if "*" not in query:
        return variables
    pieces = [piece for piece in tokens(query) if piece[0] not in ("space", "comment")]
    select = next((index for index, (_, piece) in enumerate(pieces) if piece.upper() == "SELECT"), None)
    if select is None:
        return variables
    after = [piece.upper() for _, piece in pieces[select + 1 : select + 3]]
    if "*" not in after[: 2 if after[:1] in (["DISTINCT"], ["REDUCED"]) else 1]:
        return variables
    named = dict.fromkeys(piece[1:] for kind, piece in pieces if kind == "variable")
    return sorted(variables, key=list(named).index) if named.keys() >= set(variables) else variables


def leave_out(query: str, condition: str) -> str:
    """
    The same query where every GRAPH keeps to names that fulfil `condition` ("NOT IN (…)"), for a server that has
    graphs which are nobody's business. Raises `ValueError` for one that hides the word GRAPH behind escapes.

    The filter stands behind the group, in the group around it: inside, the name is not bound yet.
    """
    pieces = tokens(query)
    if _count_graphs(tokens(_decode(query))) != _count_graphs(pieces):
        raise ValueError("GRAPH is written in escapes")
    ends: list[str] = []  # of each group that is open: what to write behind it
    term, expected, out = "", False, []
    for kind, piece in pieces:
        out.append(piece)
        if kind in ("space", "comment"):
            continue
        if piece == "{":
            ends.append(f" FILTER ({term} {condition}) " if term else "")
        elif piece == "}" and ends:
            out.append(ends.pop())
        term = piece if expected and kind in ("iri", "variable", "name") else ""
        expected = kind == "word" and piece.upper() == "GRAPH"
    return "".join(out)


def _count_graphs(pieces: Iterable[tuple[str, str]]) -> int:
    return sum(kind == "word" and piece.upper() == "GRAPH" for kind, piece in pieces)


def server_function(query: str) -> str:
    """An IRI by which Jena or Virtuoso calls what lies inside the server (Java classes, SQL), "" when there is none."""
    for text in _readings(query):
        # Wherever "<" may begin one: that it could be a comparison is no way out.
        if match := _INSIDE.search(text):
            return match[0][1:]
    return ""


def _head(query: str) -> Iterator[tuple[str, str]]:
    """The tokens before the first bracket: prologue, form and data set."""
    for kind, piece in tokens(query):
        if piece in "{":
            return
        yield kind, piece


@lru_cache(maxsize=4)
def tokens(text: str) -> tuple[tuple[str, str], ...]:
    """(kind, text), gaps included; kinds are the names of groups in `TOKEN`. One query is read for many reasons."""
    return tuple((match.lastgroup or "", match[0]) for match in TOKEN.finditer(text))


def without_strings(text: str) -> str:
    """The same query with empty strings and without remarks: in how many of them it is asked, its names stay these."""
    return _SAID.sub(lambda match: match[1] or (" " if match[0][0] == "#" else '""'), text)


def _readings(query: str) -> tuple[str, ...]:
    """The text as it is, and as it is once its escapes are decoded: engines differ in when they do that."""
    decoded = _decode(query)
    return (query,) if decoded == query else (query, decoded)


def _decode(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = int(match[1] or match[2], 16)
        return chr(code) if code <= 0x10FFFF else match[0]

    return _ESCAPE.sub(character, text)
