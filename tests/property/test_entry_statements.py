"""Whatever text an entry holds, its statements are canonical N-Triples that say it back."""

import pyoxigraph
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest.changes import canonical, skolemise
from harvest.mapping.entry import Agent, Contact, Distribution, Entry, Item
from harvest.mapping.statements import SUBJECT, statements

_texts = st.text(max_size=40)
_entries = st.builds(
    Entry,
    title=_texts,
    language=st.sampled_from(["zh-Hans", "zh-Hant"]),
    description=_texts,
    identifiers=st.lists(_texts, max_size=2),
    publisher=st.builds(Agent, name=_texts, uscc=_texts),
    contact=st.builds(Contact, name=_texts, phones=st.lists(_texts, max_size=2), urls=st.lists(_texts, max_size=2)),
    themes=st.lists(_texts, max_size=2),
    keywords=st.lists(_texts, max_size=3),
    open_attribute=_texts,
    conditions=st.lists(_texts, max_size=2),
    items=st.lists(st.builds(Item, name=_texts, title=_texts, datatype=_texts), max_size=3),
    formats=st.lists(_texts, max_size=2),
    frequency=_texts,
    districts=st.lists(_texts, max_size=2),
    licence=_texts,
    distributions=st.lists(st.builds(Distribution, url=_texts.map("http://x.example/{}".format)), max_size=2),
)


@settings(max_examples=150, deadline=None)
@given(_entries)
def test_statements_are_canonical_n_triples(entry: Entry):
    written = statements(entry)
    parsed = pyoxigraph.parse(written, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert pyoxigraph.serialize(parsed, format=pyoxigraph.RdfFormat.N_TRIPLES) == written


@settings(max_examples=100, deadline=None)
@given(_entries)
def test_a_named_record_has_no_blank_node_and_as_many_statements(entry: Entry):
    form = canonical(statements(entry), SUBJECT)
    named = skolemise(form, "a" * 16, source_id="s", base_url="https://portal.example")
    quads = list(pyoxigraph.parse(named, format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert not any(isinstance(t, pyoxigraph.BlankNode) for quad in quads for t in (quad.subject, quad.object))
    assert len(quads) == form.ntriples.count(b"\n")
