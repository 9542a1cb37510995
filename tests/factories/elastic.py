from datetime import date

from indexer.document import Document


def entry(id_: str = "abc", **fields: object) -> Document:
    given: dict[str, object] = {
        "uri": f"https://data.example/dataset/{id_}",
        "identifiers": ("GZ-1",),
        "titles": ("住房公積金貸款", "Housing fund"),
        "descriptions": ("2023年 COVID-19 期間的貸款。",),
        "keywords": ("公积金",),
        "publisher_id": "p1",
        "publisher_names": ("广州市公积金中心",),
        "data_items": ("贷款额",),
        "themes": ("caizheng",),
        "formats": ("xlsx", "csv"),
        "modified": date(2024, 5, 6),
        "display": {"title": "住房公積金貸款"},
    }
    return Document(id=id_, **{**given, **fields})  # type: ignore[arg-type]
