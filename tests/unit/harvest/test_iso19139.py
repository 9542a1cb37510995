import pytest
from rdflib import DCTERMS, FOAF, Graph, Literal, URIRef

from harvest.mapping.iso19139 import metadata, parsed
from tests.factories import iso
from vocab.namespaces import DCAT, SUI, VCARD

_BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>'
_FILE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def _graph(**fields: str) -> Graph:
    made = metadata(parsed(iso.metadata("GZ-MAP-1", "城市绿地", **fields).encode()))
    assert made is not None
    assert made.key == "GZ-MAP-1"
    return Graph().parse(data=made.ntriples, format="nt")


def test_a_record_becomes_an_entry_of_the_catalogue():
    graph = _graph()
    it = graph.value(predicate=DCTERMS.identifier, object=Literal("GZ-MAP-1"))
    assert graph.value(it, DCTERMS.title) == Literal("城市绿地", lang="zh-hans")
    assert graph.value(graph.value(it, DCTERMS.publisher), FOAF.name) == Literal("广州市林业和园林局", lang="zh-hans")
    assert graph.value(graph.value(it, DCAT.contactPoint), VCARD.hasEmail) == URIRef("mailto:map@gz.example")
    assert str(graph.value(it, DCTERMS.issued)) == "2023-01-02"
    assert str(graph.value(it, DCTERMS.modified)) == "2024-03-04"
    assert str(graph.value(it, DCTERMS.accrualPeriodicity)).endswith("/frequency/ANNUAL")
    assert {str(word) for word in graph.objects(it, DCAT.keyword)} == {"绿地", "公园"}
    assert "https://w3id.org/suishu/scheme/theme/shengtai" in {str(theme) for theme in graph.objects(it, DCAT.theme)}
    assert list(graph.objects(it, SUI.themeText)) == []
    assert str(graph.value(graph.value(it, DCTERMS.spatial), DCAT.bbox)).startswith("POLYGON((112.9 22.5")
    assert graph.value(it, DCAT.landingPage) == URIRef("https://map.gz.example/about")


def test_services_and_files_are_told_apart():
    graph = _graph()
    services = {str(address) for address in graph.objects(None, DCAT.endpointURL)}
    files = {str(address) for address in graph.objects(None, DCAT.downloadURL)}
    assert services == {"https://map.gz.example/wms?service=WMS"}
    assert files == {"https://map.gz.example/green.zip"}


def test_what_is_no_dataset_is_no_record():
    assert metadata(parsed(iso.metadata("S", "服务", scope="service").encode())) is None


@pytest.mark.parametrize("text", [_BOMB, _OUTSIDE, _FILE, "<a>", "", "\x00"], ids=str.__len__)
def test_xml_that_wants_something_is_refused(text: str):
    with pytest.raises(ValueError):  # noqa: PT011  (the words are the parser's)
        parsed(text.encode())


def test_an_empty_record_is_mapped_without_fault():
    made = metadata(parsed(b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'))
    assert made is not None
    assert made.key == ""
