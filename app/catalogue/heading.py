"""What the portal says of its catalogue as a whole, as N-Triples. Pure."""

from app.catalogue.statements import quoted
from app.catalogue.terms import DCAT, DCT, FOAF, TYPE, XSD

TITLES = {"zh-Hans": "广州公共数据开放目录", "en": "Guangzhou Open Public Data Catalogue"}
DESCRIPTIONS = {
    "zh-Hans": "依照《广州市公共数据开放管理办法（征求意见稿）》第十一条编制的公共数据开放目录。",
    "en": "The catalogue of open public data under Article 11 of Guangzhou's (draft) measures on open public data.",
}
_OPERATOR = {"zh-Hans": "数据开放平台管理机构", "en": "Operator of the open data platform"}


def heading(base_url: str, modified: str) -> list[str]:
    """Lines about `{base}/catalog`; `modified` is an xsd:dateTime."""
    catalogue, operator = f"<{base_url}/catalog>", f"<{base_url}/about#operator>"
    lines = [
        f"{catalogue} <{TYPE}> <{DCAT}Catalog> .",
        f"{catalogue} <{DCT}publisher> {operator} .",
        f"{catalogue} <{FOAF}homepage> <{base_url}/> .",
        f"{catalogue} <{DCT}modified> {quoted(modified, datatype=XSD + 'dateTime')} .",
        f"{operator} <{TYPE}> <{FOAF}Agent> .",
        f"<{base_url}/> <{TYPE}> <{FOAF}Document> .",
    ]
    for subject, predicate, texts in (
        (catalogue, DCT + "title", TITLES),
        (catalogue, DCT + "description", DESCRIPTIONS),
        (operator, FOAF + "name", _OPERATOR),
    ):
        lines += [f"{subject} <{predicate}> {quoted(text, tag)} ." for tag, text in texts.items()]
    return lines
