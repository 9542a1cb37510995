"""However a source says that an entry is not open, and however it closes one later, its data stays or goes inside."""

from pathlib import Path

import pytest

from tests.security.portals import MARK, OPEN, entry, harvest, opened, public_text

EU = "publications.europa.eu/resource/authority/access-right"
CLOSED_WORDS = {
    "EU IRI": "eu:NON_PUBLIC",
    "https": f"<https://{EU}/NON_PUBLIC>",
    "the IRI as text": f'"http://{EU}/NON_PUBLIC"',
    "two rights": "eu:PUBLIC, eu:NON_PUBLIC",
    "own concept": "<https://w3id.org/suishu/scheme/open-attribute/BKF>",
    "a label": '[ rdfs:label "非开放" ]',
    "traditional": '"非開放"@zh-Hant',
    "不予开放": '"不予开放"',
    "confidential": "eu:CONFIDENTIAL",
}
UNREAD_WORDS = {
    "lower case": f"<http://{EU}/non_public>",
    "trailing slash": f"<http://{EU}/NON_PUBLIC/>",
    "www": f"<http://www.{EU}/NON_PUBLIC>",
    "own concept by http": "<http://w3id.org/suishu/scheme/open-attribute/BKF>",
    "own concept in lower case": "<https://w3id.org/suishu/scheme/open-attribute/bkf>",
    "a title": '[ dct:title "非开放" ]',
    "an identifier": '[ dct:identifier "NON_PUBLIC" ]',
    "COAR metadata only": "<http://purl.org/coar/access_right/c_14cb>",
    "不公开": '"不公开"',
    "涉密": '"涉密"',
    "不予开放类": '"不予开放类"',
    "beside an open one": 'eu:PUBLIC, "完全不开放"',
}


@pytest.mark.parametrize("said", CLOSED_WORDS.values(), ids=CLOSED_WORDS)
def test_a_closed_entry_is_known_by_any_usual_spelling(tmp_path: Path, said: str) -> None:
    portal = opened(tmp_path)
    assert harvest(portal, tmp_path, entry(f"dct:accessRights {said} ; {OPEN}")).new == 1
    assert "数据集" in public_text(portal)
    assert MARK not in public_text(portal)


@pytest.mark.parametrize("said", UNREAD_WORDS.values(), ids=UNREAD_WORDS)
def test_access_rights_that_nobody_can_read_open_nothing(tmp_path: Path, said: str) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(f"dct:accessRights {said} ; {OPEN}"))
    assert MARK not in public_text(portal)


@pytest.mark.parametrize(
    "said",
    [
        "dct:rights eu:NON_PUBLIC",
        'dc:rights "非开放"',
        'sui:openAttributeText "非开放"',
        'dct:accessRights eu:PUBLIC ; sui:openAttributeText "不予开放"',
        f"""dcat:distribution [ a dcat:Distribution ; dct:accessRights eu:NON_PUBLIC ;
          dcat:downloadURL <https://a.example/{MARK}> ]""",
    ],
)
def test_what_is_closed_in_another_place_is_closed(tmp_path: Path, said: str) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(said if MARK in said else f"{said} ; {OPEN}"))
    assert MARK not in public_text(portal)


WITHHELD = f"""dct:accessRights eu:NON_PUBLIC ; dct:description "{MARK}"@zh-Hans ;
  csvw:tableSchema [ csvw:column [ csvw:name "{MARK}" ] ]"""


@pytest.mark.parametrize("said", ['"description", "dataItems"', '"description"@en, "dataItems"@en'])
def test_what_a_publisher_withholds_is_withheld(tmp_path: Path, said: str) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(f"sui:withheld {said} ; {WITHHELD}"))
    assert MARK not in public_text(portal)


@pytest.mark.parametrize(
    "said",
    [
        '"Description", "DataItems"',
        '" description ", " dataItems "',
        "sui:description, sui:dataItems",
        '"description, dataItems"',
        '"数据摘要", "数据项"',
        '"all"',
    ],
)
def test_what_is_withheld_in_odd_words_is_withheld(tmp_path: Path, said: str) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(f"sui:withheld {said} ; {WITHHELD}"))
    assert MARK not in public_text(portal)


@pytest.mark.parametrize(
    "predicate", ["dc:description", "schema:description", "schema:abstract", "dct:tableOfContents", "skos:scopeNote"]
)
def test_a_withheld_description_is_withheld_by_any_name(tmp_path: Path, predicate: str) -> None:
    portal = opened(tmp_path)
    text = f'dct:accessRights eu:RESTRICTED ; sui:withheld "description" ; {predicate} "{MARK}"'
    harvest(portal, tmp_path, entry(text))
    assert MARK not in public_text(portal)


@pytest.mark.parametrize(
    "predicate",
    [
        "schema:contentUrl",
        "dcat:downloadUrl",
        "<https://www.w3.org/ns/dcat#downloadURL>",
        "<https://schema.org/contentUrl>",
    ],
)
def test_a_conditional_entry_shows_no_file_by_any_property(tmp_path: Path, predicate: str) -> None:
    portal = opened(tmp_path)
    file = f"dcat:distribution [ a dcat:Distribution ; {predicate} <https://a.example/{MARK}> ]"
    harvest(portal, tmp_path, entry(f"dct:accessRights eu:RESTRICTED ; {file}"))
    assert MARK not in public_text(portal)


@pytest.mark.parametrize("predicate", ["<http://w3id.org/suishu/ns#basis>", "<https://w3id.org/suishu/ns/basis>"])
def test_the_basis_is_not_public_under_a_neighbouring_iri(tmp_path: Path, predicate: str) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(f'dct:accessRights eu:RESTRICTED ; {predicate} "{MARK}"'))
    assert MARK not in public_text(portal)


def test_an_entry_without_an_identity_is_not_open_for_ever(tmp_path: Path) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(f"dct:accessRights eu:PUBLIC ; {OPEN}", subject="[]", identifier=""))
    harvest(portal, tmp_path, entry("dct:accessRights eu:NON_PUBLIC", subject="[]", identifier=""))
    assert MARK not in public_text(portal)


def test_a_record_too_complex_to_keep_still_closes_its_entry(tmp_path: Path) -> None:
    portal = opened(tmp_path)
    nodes = range(14)
    clique = " . ".join(
        f"_:k{node} dct:relation {', '.join(f'_:k{other}' for other in nodes if other != node)}" for node in nodes
    )
    harvest(portal, tmp_path, entry(f"dct:accessRights eu:PUBLIC ; {OPEN}"))
    report = harvest(portal, tmp_path, entry(f"dct:accessRights eu:NON_PUBLIC ; dct:provenance _:k0 . {clique}"))
    assert report.quarantined == 1
    assert MARK not in public_text(portal)


def test_a_record_too_large_to_keep_still_closes_its_entry(tmp_path: Path) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(f"dct:accessRights eu:PUBLIC ; {OPEN}"))
    ballast = " ; ".join(f'<urn:p{number}> "{"长" * 350_000}"' for number in range(34))
    report = harvest(portal, tmp_path, entry(f"{ballast} ; dct:accessRights eu:NON_PUBLIC"))
    assert report.quarantined == 1
    assert MARK not in public_text(portal)


def test_a_table_whose_codes_became_equal_still_closes_its_entries(tmp_path: Path) -> None:
    portal = opened(tmp_path)
    head = "identifier,数据集名称,数据摘要,开放主体,开放属性,下载地址\n"
    rows = [f"K{row},名{row},{MARK},示例局,无条件开放,https://a.example/{MARK}\n" for row in range(6)]
    harvest(portal, tmp_path, head + "".join(rows), ending="csv")
    rows = [f"K0,名{row},已关闭,示例局,不予开放,\n" for row in range(6)]
    harvest(portal, tmp_path, head + "".join(rows), ending="csv")
    assert MARK not in public_text(portal)


def test_a_refused_record_still_closes_its_entry(tmp_path: Path) -> None:
    portal = opened(tmp_path)
    harvest(portal, tmp_path, entry(f"dct:accessRights eu:PUBLIC ; {OPEN}"))
    closed = entry("dct:accessRights eu:NON_PUBLIC").replace('dct:title "数据集"@zh-Hans ;', "")
    assert harvest(portal, tmp_path, closed).quarantined == 1
    assert MARK not in public_text(portal)
