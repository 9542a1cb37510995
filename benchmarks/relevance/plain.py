"""
Rankers that know no Chinese beyond cutting it: what search must beat. BM25 (k1 1.2, b 0.75) as tantivy has it.

What each indexes and asks is what the README of the judged queries says of it, so the means can be compared.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import partial

import opencc
import rjieba
import tantivy

from benchmarks.relevance.judgements import DEPTH
from benchmarks.relevance.records import Raw

Ranker = Callable[[str], list[str]]

_TEXTS = ("title", "description", "tags", "fields")
_WIDER = ("department", "city", "category")
_simplified = opencc.OpenCC("t2s").convert


def rankers(rows: list[Raw]) -> dict[str, Ranker]:
    """Each by its name: a question to docids, best first."""
    return {
        "words": _bm25(rows, _TEXTS, _words, str),
        "pairs": _bm25(rows, _TEXTS, _pairs, str),
        "title AND, simplified": partial(
            _title_and, [(each.docid, _flat(each, ("title",), _simplified)) for each in rows]
        ),
        "words, simplified": _bm25(rows, _TEXTS, _words, _simplified),
        "words, simplified, all fields": _bm25(rows, (*_TEXTS, *_WIDER), _words, _simplified),
        "pairs, simplified, all fields": _bm25(rows, (*_TEXTS, *_WIDER), _pairs, _simplified),
    }


def _bm25(
    rows: list[Raw], fields: tuple[str, ...], cut: Callable[[str], Iterable[str]], folded: Callable[[str], str]
) -> Ranker:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("docid", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(100_000_000, 1)
    for each in rows:
        writer.add_document(tantivy.Document(docid=each.docid, text=" ".join(cut(_flat(each, fields, folded)))))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ranked(text: str) -> list[str]:
        terms = [tantivy.Query.term_query(schema, "text", term, "freq") for term in cut(folded(text).lower())]
        asked = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return [searcher.doc(address)["docid"][0] for _, address in searcher.search(asked, DEPTH).hits]

    return ranked


def _title_and(titles: list[tuple[str, str]], text: str) -> list[str]:
    """Titles that hold every word, the shortest first."""
    words = list(_words(_simplified(text).lower()))
    found = [(len(title), docid) for docid, title in titles if words and all(word in title for word in words)]
    return [docid for _, docid in sorted(found)[:DEPTH]]


def _flat(each: Raw, fields: tuple[str, ...], folded: Callable[[str], str]) -> str:
    return folded(" ".join(str(each.row.get(field) or "") for field in fields)).lower()


def _words(text: str) -> Iterator[str]:
    return (word for word in rjieba.cut(text) if word[0].isalnum())


def _pairs(text: str) -> Iterator[str]:
    """Neighbouring characters of Chinese; words of letters and digits whole."""
    for word in "".join(c if c.isalnum() else " " for c in text).split():
        if word.isascii():
            yield word
        else:
            yield from [a + b for a, b in itertools.pairwise(word)] or [word]
