"""A small portal with the awkward entries that pages have to bear, filled by the real harvest."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from app.catalogue.model import SourceKind
from app.clock import Clock, system_clock
from app.processes.keeper import catch_up
from app.settings import Settings
from app.wiring import Portal, build

BASE = "https://data.example"
SECRET = "MARKED-SECRET-7f3a"
"""Stands in everything that is not for the public; no answer may hold it."""

_HEAD = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix sui: <https://w3id.org/suishu/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix access: <http://publications.europa.eu/resource/authority/access-right/> .
@prefix freq: <http://publications.europa.eu/resource/authority/frequency/> .
@prefix type: <http://publications.europa.eu/resource/authority/file-type/> .
@prefix theme: <https://w3id.org/suishu/scheme/theme/> .
@prefix d: <https://bureau.example/> .
d:bureau a foaf:Agent ; foaf:name "广州市交通运输局"@zh-Hans, "Transport Bureau"@en ;
  dct:identifier "11440100007482734Q" .
"""
_BUS = """
d:bus a dcat:Dataset ; dct:title "公交线路站点"@zh-Hans, "Bus routes and stops"@en ; dct:identifier "GZ-1" ;
  dct:description "公交线路与站点的名称、位置和首末班时间，{version}。"@zh-Hans ; dct:publisher d:bureau ;
  dcat:theme theme:jiaotong ; dcat:keyword "公交", "出行" ; dct:accessRights access:PUBLIC ; sui:rows 4200 ;
  dct:accrualPeriodicity freq:MONTHLY ; dct:issued "2024-01-05"^^xsd:date ; dct:modified "{day}"^^xsd:date ;
  dcat:contactPoint [ a vcard:Organization ; vcard:fn "数据科" ; vcard:hasTelephone <tel:020-12345678> ] ;
  csvw:tableSchema [ csvw:column [ csvw:name "XLMC" ; csvw:title "线路名称" ;
    csvw:datatype "string" ; sui:open true ] ] ;
  dcat:distribution [ a dcat:Distribution ; dct:title "公交线路.csv"@zh-Hans ; dct:format type:CSV ;
    dcat:accessURL <https://data.example.org/bus> ; dcat:downloadURL <https://data.example.org/bus.csv> ;
    dct:license <https://creativecommons.org/licenses/by/4.0/> ; dcat:byteSize 52428 ] .
"""
_HOSTILE = """
d:hostile a dcat:Dataset ; dct:identifier "GZ-2" ; dct:publisher d:bureau ; dct:accessRights access:PUBLIC ;
  dct:title "<script>alert('标题')</script>"@zh-Hans ;
  dct:description "\\"><img src=x onerror=alert(1)> {{{{ 7*7 }}}} \\u202Egnp.exe"@zh-Hans ;
  dcat:keyword "\\"><svg onload=alert(2)>", "a&b=c#d?e" ; dcat:landingPage <javascript:alert(3)> ;
  dct:license <javascript:alert(8)> ;
  dcat:contactPoint [ a vcard:Organization ; vcard:fn "<b>x</b>" ; vcard:hasEmail <mailto:a@b.example?bcc=c@d.example> ;
    vcard:hasURL <javascript:alert(4)> ; vcard:hasTelephone <tel:1;phone-context=javascript:alert(5)> ] ;
  csvw:tableSchema [ csvw:column [ csvw:name "<i>n</i>" ; csvw:title "=cmd|' /C calc'!A0" ] ] ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <data:text/html,alert(6)> ;
    dcat:downloadURL <javascript:alert(7)> ] ;
  dcat:distribution [ a dcat:Distribution ; dcat:downloadURL <https://user:pass@evil.example/x.csv> ] .
"""
_CONDITIONAL = f"""
d:conditional a dcat:Dataset ; dct:title "=网约车轨迹（脱敏）"@zh-Hans ; dct:identifier "GZ-3" ;
  dct:publisher d:bureau ; dct:description "需要实名申请的轨迹数据。"@zh-Hans ; dct:accessRights access:RESTRICTED ;
  dct:rights "仅限研究使用。" ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <https://data.example.org/apply> ;
    dcat:downloadURL <https://data.example.org/{SECRET}.csv> ] .
"""
_CLOSED = f"""
d:closed a dcat:Dataset ; dct:title "视频监控点位"@zh-Hans ; dct:identifier "GZ-4" ; dct:publisher d:bureau ;
  dct:description "{SECRET}"@zh-Hans ; dcat:keyword "{SECRET}" ; dct:accessRights access:NON_PUBLIC ;
  dcat:landingPage <https://bureau.example/{SECRET}> ; sui:withheld "description", "dataItems" ;
  sui:themeText "{SECRET}" ; sui:basis [ dct:title "{SECRET}" ] ;
  csvw:tableSchema [ csvw:column [ csvw:name "{SECRET}" ] ] ;
  dcat:distribution [ a dcat:Distribution ; dct:title "{SECRET}" ;
    dcat:accessURL <https://bureau.example/{SECRET}/x> ] .
"""
_LONG = f"""
d:long a dcat:Dataset ; dct:title "{"长" * 3000}"@zh-Hans ; dct:identifier "GZ-5" ; dct:publisher d:bureau ;
  dct:description "{"无断行ABC" * 3000}"@zh-Hans .
"""
_GONE = """
d:gone a dcat:Dataset ; dct:title "已取消的站点"@zh-Hans ; dct:identifier "GZ-6" ; dct:publisher d:bureau .
"""
_UNTITLED = f"""
d:{SECRET} a dcat:Dataset ; dct:identifier "GZ-7" ; dct:publisher d:bureau ; dct:description "{SECRET}"@zh-Hans .
"""
_HELD = f"""
d:held-{SECRET} a dcat:Dataset ; dct:title "{SECRET}"@zh-Hans ; dct:identifier "GZ-8" ; dct:publisher d:bureau .
"""


@dataclass
class Filled:
    """`ids` maps the short names above to dataset ids."""

    portal: Portal
    ids: dict[str, str] = field(default_factory=dict)
    publisher: str = ""


def fill(
    home: Path,
    base_url: str = BASE,
    clock: Clock = system_clock,
    *,
    mail_url: str = "",
    staff_needs_totp: bool = False,
) -> Filled:
    """Two harvests of one source, so that there is a history and a tombstone, and one of the city's own."""
    settings = Settings(home=home, base_url=base_url, mail_url=SecretStr(mail_url), staff_needs_totp=staff_needs_totp)
    portal = build(settings, clock)
    file = home / "bureau.ttl"
    first = _BUS.format(version="每月更新", day="2024-05-01")
    again = _BUS.format(version="每周更新", day="2024-06-01").replace("freq:MONTHLY", "freq:WEEKLY")
    others = _HOSTILE.replace("{{{{", "{{").replace("}}}}", "}}") + _CONDITIONAL + _CLOSED + _LONG + _UNTITLED
    file.write_text(_HEAD + first + others + _GONE)
    _harvest(portal, file, "bureau", SourceKind.FEDERATED)
    file.write_text(_HEAD + again + others)
    _harvest(portal, file, "bureau", SourceKind.FEDERATED)
    own = home / "own.ttl"
    own.write_text(_HEAD + _HELD)
    _harvest(portal, own, "city", SourceKind.OWN)
    assert catch_up(portal)
    filled = Filled(portal)
    for entry in portal.catalogue.entries():
        filled.ids[entry.view.source_iri.rpartition("/")[2] or entry.view.identifiers[0]] = entry.view.id
        filled.publisher = entry.view.publisher.id if entry.view.publisher else ""
    return filled


def _harvest(portal: Portal, file: Path, id_: str, kind: SourceKind) -> None:
    run = portal.harvesting.harvest_location(
        str(file), dialect="dcat", kind=kind, title=f"来源 {id_}", id_=id_, withdraw_missing=True
    )
    assert run.report.complete, run.report.failure_en
