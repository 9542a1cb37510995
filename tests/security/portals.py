"""A portal of one source that says one thing, and later another."""

from pathlib import Path

from app.catalogue.model import SourceKind
from app.settings import Settings
from app.wiring import Portal, build
from harvest.record import RunReport

MARK = "MARKED-7f3a"
"""Stands in what is not for the public."""

HEAD = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix dc: <http://purl.org/dc/elements/1.1/> . @prefix schema: <http://schema.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> . @prefix sui: <https://w3id.org/suishu/ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix eu: <http://publications.europa.eu/resource/authority/access-right/> .
<https://a.example/agency> a foaf:Agent ; foaf:name "示例局"@zh-Hans .
"""
OPEN = f"""dcat:keyword "{MARK}" ; dcat:distribution [ a dcat:Distribution ;
  dcat:downloadURL <https://a.example/{MARK}> ; dcat:accessURL <https://a.example/{MARK}> ]"""


def entry(more: str, *, subject: str = "<https://a.example/1>", identifier: str = 'dct:identifier "1" ; ') -> str:
    return f"""{subject} a dcat:Dataset ; dct:title "数据集"@zh-Hans ; {identifier}
      dct:publisher <https://a.example/agency> ; {more} ."""


def opened(home: Path) -> Portal:
    return build(Settings(home=home / "home", base_url="http://portal.example"))


def harvest(portal: Portal, folder: Path, text: str, *, source: str = "agency", ending: str = "ttl") -> RunReport:
    file = folder / f"{source}.{ending}"
    file.write_text(text if ending != "ttl" else HEAD + text, encoding="utf-8")
    return portal.harvesting.harvest_location(str(file), kind=SourceKind.FEDERATED, id_=source).report


def public_text(portal: Portal) -> str:
    return b"".join(lines for _, lines in portal.catalogue.public_graphs()).decode()
