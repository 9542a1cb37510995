"""A question as the body that Elasticsearch is sent. Pure: golden files hold every shape of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from indexer.analysis import clean
from indexer.plan import All, Best, Bonus, Clause, Plan, Range, Score, Some, Term, Weighed
from indexer.query import Sort
from indexer.question import Question
from indexer.suggesting import FIELD

Json = dict[str, Any]

_ALL: Json = {"match_all": {}}


def query(clause: Clause) -> Json:
    """What matches; its scores mean nothing."""
    match clause:
        case Term(field, text):
            return {"term": {field: clean(text)}}
        case Range(field, first, last):
            return {"range": {field: {"gte": first, "lte": last}}}
        case All((), ()):
            return _ALL
        case All((one,), ()) | Some((one,), 1):
            return query(one)
        case All(clauses, without):
            found: Json = {"filter": [query(each) for each in clauses]}
            if without:
                found["must_not"] = [query(each) for each in without]
            return {"bool": found}
        case Some((), _):
            return {"match_none": {}}
        case Some(clauses, at_least):
            return {"bool": {"should": [query(each) for each in clauses], "minimum_should_match": at_least}}


def ranked(plan: Plan) -> Json:
    """The same matches with scores."""
    if not plan.scores:
        return query(plan.match)
    scored = {"bool": {"filter": [query(plan.match)], "should": [_score(each) for each in plan.scores]}}
    return {"function_score": {"query": scored, "field_value_factor": {"field": "standing"}, "boost_mode": "multiply"}}


def frequencies(terms: Iterable[Term]) -> Json:
    """How many records have each of these, in order."""
    filters = {str(number): query(term) for number, term in enumerate(terms)}
    return {"size": 0, "track_total_hits": True, "aggs": {"terms": {"filters": {"filters": filters}}}}


def starting(beginnings: Sequence[str], limit: int) -> Json:
    """The most common terms of phrases that begin with any of these, so many for each if they share alike."""
    terms = {
        "field": FIELD,
        "include": f"({'|'.join(map(_regex, beginnings))}).*",
        "size": limit * len(beginnings),
        "execution_hint": "map",  # few records; a table of every token would be large
    }
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"should": [{"prefix": {FIELD: clean(beginning)}} for beginning in beginnings]}},
        "aggs": {"tokens": {"terms": terms}},
    }


def body(matching: Json, asked: Question, start: int | list[Any]) -> Json:
    """
    One page (one hit more, to know whether there is a next), the exact total, and each facet's counts without its own
    filter. Filters of facets that are counted come after the query, and each facet repeats the others'.
    """
    wanted = asked.facets
    filters = {facet: {"terms": {f"in_{facet}": list(values)}} for facet, values in asked.chosen.items()}
    before = [clause for facet, clause in filters.items() if facet not in wanted]
    before += map(query, asked.ranges)
    after = [clause for facet, clause in filters.items() if facet in wanted]
    found: Json = {
        "query": {"bool": {"must": [matching], "filter": before}} if before else matching,
        "size": asked.size + 1 if asked.size else 0,
        "track_total_hits": True,
        "sort": _order(asked.sort),
    }
    if after:
        found["post_filter"] = {"bool": {"filter": after}}
    if isinstance(start, list):
        found["search_after"] = start
    elif start:
        found["from"] = start
    if wanted:
        found["aggs"] = {
            facet: _counts(
                facet,
                [filters[other] for other in wanted if other != facet and other in filters],
                asked.chosen.get(facet, ()),
                asked.sizes[facet],
            )
            for facet in wanted
        }
    return found


def place(scored: Json, id_: str) -> Json:
    """Sort values of one hit of a ranked question."""
    one = {"bool": {"must": [scored], "filter": [{"term": {"id": id_}}]}}
    return {"query": one, "size": 1, "source": False, "sort": _order(Sort.RELEVANCE)}


def among(matching: Json, asked: Question, ids: Sequence[str]) -> Json:
    """The ids of those of some records that match and pass all filters."""
    filters = [{"terms": {f"in_{facet}": list(values)}} for facet, values in asked.chosen.items()]
    filters += [*map(query, asked.ranges), {"terms": {"id": [clean(id_) for id_ in ids]}}]
    return {
        "query": {"bool": {"filter": [matching, *filters]}},
        "size": len(ids),
        "track_total_hits": False,
        "source": False,
    }


def _regex(text: str) -> str:
    """`text` itself, as Lucene's regular expressions say it."""
    return "".join(character if character.isalnum() else f"\\{character}" for character in clean(text))


def _score(score: Score) -> Json:
    match score:
        case Weighed(Term(field, text), weight):
            return {"term": {field: {"value": clean(text), "boost": weight}}}
        case Bonus(clause, points):
            return {"constant_score": {"filter": query(clause), "boost": points}}
        case Best(sums):
            return {"dis_max": {"queries": [{"bool": {"should": [_score(each) for each in of]}} for of in sums]}}


def _counts(facet: str, others: list[Json], own: tuple[str, ...], size: int) -> Json:
    terms = {"field": f"in_{facet}", "size": max(1, size)}
    inner: Json = {"top": {"terms": terms}}
    if own:
        # Chosen values are shown however rare they are.
        inner["own"] = {"terms": {"field": f"in_{facet}", "include": list(own), "size": len(own)}}
    return {"filter": {"bool": {"filter": others}} if others else _ALL, "aggs": inner}


def _order(order: Sort) -> list[Json]:
    by_id: Json = {"id": "asc"}
    if order is Sort.RELEVANCE:
        return [{"_score": "desc"}, {"by_modified": "desc"}, by_id]
    return [{f"by_{order}": "desc"}, by_id]
