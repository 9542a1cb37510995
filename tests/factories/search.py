"""Search documents that name only what matters."""

from dataclasses import replace
from typing import Any

from indexer.document import Document


def document(id_: str, title: str = "无题", **given: Any) -> Document:
    """A document whose display holds its title, so that a test can read results."""
    made = Document(
        id=id_,
        uri=f"https://data.example/dataset/{id_}",
        identifiers=(),
        titles=(title,),
        display={"title": title},
    )
    return replace(made, **given)
