"""Which representation answers: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1"""

import pytest
import rdflib
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.web.negotiation import Offer, choose, quality
from tests.web.portals import BASE, Filled

OFFERS = (
    Offer("html", ("text/html",)),
    Offer("turtle", ("text/turtle",)),
    Offer("json-ld", ("application/ld+json", "application/json")),
)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "html"),
        ("*/*", "html"),
        ("nonsense", "html"),
        ("text/turtle", "turtle"),
        ("TEXT/TURTLE", "turtle"),
        ("text/html;q=0.5, text/turtle", "turtle"),
        ("text/turtle;q=0.5, text/html;q=0.4, */*;q=0.1", "turtle"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/*", "html"),
        ("text/html;q=0, */*", "turtle"),
        ("text/*;q=0.3, text/turtle;q=0.7, application/*;q=0.5", "turtle"),
        ("application/json", "json-ld"),
        ("text/turtle;charset=utf-8;q=0.9, application/ld+json;q=0.95", "json-ld"),
        ("text/turtle;q=nan, application/ld+json;q=0.1", "json-ld"),
        ("text/turtle;q=7, application/ld+json;q=0.1", "json-ld"),
        ("image/png", None),
        ("text/html;q=0, text/turtle;q=0", None),
        ("*/*;q=0", None),
    ],
)
def test_the_most_welcome_representation_is_chosen(accept: str, chosen: str | None) -> None:
    found = choose(accept, OFFERS)
    assert (found.name if found else None) == chosen


def test_the_most_specific_range_decides_even_when_it_comes_last() -> None:
    assert quality("*/*;q=1, text/*;q=0.5, text/turtle;q=0.2", "text/turtle") == 0.2


@given(st.text(max_size=300))
def test_no_header_makes_an_error(accept: str) -> None:
    found = choose(accept, OFFERS)
    assert found is None or found in OFFERS


SYNTAXES = {
    ".ttl": ("text/turtle", "turtle"),
    ".jsonld": ("application/ld+json", "json-ld"),
    ".rdf": ("application/rdf+xml", "xml"),
    ".nt": ("application/n-triples", "nt"),
}


@pytest.fixture(params=["dataset", "publisher", "theme", "catalog", "ns"])
def resource(request: pytest.FixtureRequest, filled: Filled) -> str:
    return {
        "dataset": f"/dataset/{filled.ids['bus']}",
        "publisher": f"/publisher/{filled.publisher}",
        "theme": "/theme/jiaotong",
        "catalog": "/catalog",
        "ns": "/ns",
    }[request.param]


def test_suffix_and_accept_give_the_same_statements_in_every_syntax(client: FlaskClient, resource: str) -> None:
    sizes = set()
    for suffix, (media_type, name) in SYNTAXES.items():
        by_suffix = client.get(resource + suffix)
        by_accept = client.get(resource, headers={"Accept": f"{media_type}, text/html;q=0.5"})
        assert by_suffix.mimetype == by_accept.mimetype == media_type
        if resource != "/catalog":  # whose pages name their own address
            assert by_suffix.data == by_accept.data
        graph = rdflib.Graph().parse(data=by_suffix.data, format=name)
        assert len(graph) > 3
        sizes.add(len(graph))
    if resource != "/catalog":
        assert len(sizes) == 1


def test_caches_are_told_what_the_answer_depended_on(client: FlaskClient, resource: str) -> None:
    for accept in ("text/html", "text/turtle"):
        response = client.get(resource, headers={"Accept": accept})
        assert {"Accept", "Accept-Language", "Cookie"} <= set(response.vary.as_set(preserve_casing=True))
    assert "Accept" not in client.get(resource + ".ttl").vary


def test_who_has_the_answer_already_gets_304(client: FlaskClient, resource: str) -> None:
    for address, accept in ((resource, "text/html"), (resource, "text/turtle"), (resource + ".nt", "*/*")):
        first = client.get(address, headers={"Accept": accept})
        etag = first.headers["ETag"]
        again = client.get(address, headers={"Accept": accept, "If-None-Match": etag})
        assert again.status_code == 304
        assert not again.data
        assert again.headers["ETag"] == etag
        other = client.get(address, headers={"Accept": accept, "If-None-Match": '"other"'})
        assert other.status_code == 200


def test_representations_have_different_etags(client: FlaskClient, resource: str) -> None:
    etags = [
        client.get(resource, headers={"Accept": accept}).headers["ETag"] for accept in ("text/html", "text/turtle")
    ]
    etags.append(client.get(resource, headers={"Accept": "text/html", "Accept-Language": "en"}).headers["ETag"])
    assert len(set(etags)) == 3


def test_a_dataset_says_when_it_was_recorded(client: FlaskClient, filled: Filled) -> None:
    address = f"/dataset/{filled.ids['bus']}.ttl"
    modified = client.get(address).headers["Last-Modified"]
    assert client.get(address, headers={"If-Modified-Since": modified}).status_code == 304


def test_nothing_fitting_is_406_with_what_there_is(client: FlaskClient, resource: str) -> None:
    response = client.get(resource, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.mimetype == "application/problem+json"
    assert "Turtle" in response.get_json()["detail"]


def test_an_unknown_suffix_is_not_found(client: FlaskClient, filled: Filled) -> None:
    assert client.get(f"/dataset/{filled.ids['bus']}.exe").status_code == 404
    assert client.get("/catalog.exe").status_code == 404


def test_the_catalogue_pages_reach_every_dataset_once(client: FlaskClient, filled: Filled) -> None:
    hydra = rdflib.Namespace("http://www.w3.org/ns/hydra/core#")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    address: str | None = "/catalog.nt?page=1&size=2"
    seen: list[str] = []
    pages = 0
    while address:
        graph = rdflib.Graph().parse(data=client.get(address).data, format="nt")
        seen += [str(dataset) for dataset in graph.objects(None, dcat.dataset)]
        total = next(graph.objects(None, hydra.totalItems))
        following = next(graph.objects(None, hydra.next), None)
        address = str(following).removeprefix(BASE) if following else None
        pages += 1
        assert pages < 10
    assert sorted(seen) == sorted(f"{BASE}/dataset/{id_}" for id_ in filled.ids.values())
    assert int(str(total)) == len(filled.ids)
    assert pages == 3


def test_a_page_behind_the_last_of_the_catalogue_is_not_found_and_says_which_is_the_last(client: FlaskClient) -> None:
    for address, headers in (("/catalog.ttl", {}), ("/catalog", {"Accept": "text/turtle"})):
        assert client.get(f"{address}?page=3&size=2", headers=headers).status_code == 200
        answer = client.get(f"{address}?page=4&size=2", headers=headers | {"Accept-Language": "zh"})
        assert answer.status_code == 404
    assert "最后一页是第 3 页" in client.get("/catalog.nt?page=4&size=2", headers={"Accept": "*/*"}).text


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999999999", "abc", "", "1e9", "١"])
def test_odd_page_numbers_are_brought_into_bounds(client: FlaskClient, page: str) -> None:
    for address in ("/catalog", "/catalog.ttl", "/dataset", "/publisher", "/theme/jiaotong", "/sitemap.xml"):
        assert client.get(address, query_string={"page": page, "size": page}).status_code in (200, 404)
