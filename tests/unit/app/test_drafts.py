from pathlib import Path
from typing import cast

import pytest

from app.errors import Invalid
from app.harvesting.mapping import service
from app.harvesting.mapping.drafts import Draft, Drafts, plain_name
from harvest.fetch import Fetched, Fetcher


@pytest.mark.parametrize(
    ("name", "plain"),
    [("目录.csv", "目录.csv"), ("C:\\a\\b.csv", "b.csv"), ("../../etc/passwd", "passwd"), ("..", "document")],
)
def test_a_name_keeps_what_can_stand_in_a_path(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_a_long_chinese_name_can_be_the_name_of_a_file(tmp_path: Path) -> None:
    name = plain_name("公共数据开放目录" * 20 + ".csv")
    (tmp_path / name).write_bytes(b"")
    assert name.endswith("目录.csv")


def test_a_draft_that_somebody_else_took_away_is_no_fault(tmp_path: Path) -> None:
    document = tmp_path / "document"
    document.write_bytes(b"a,b")
    drafts = Drafts(tmp_path)
    drafts.make(Draft("", "a.csv"), document)
    (tmp_path / "drafts" / "gone").symlink_to(tmp_path / "nowhere")
    assert drafts.make(Draft("", "b.csv"), document).name == "b.csv"


def test_what_is_fetched_and_refused_leaves_no_file(tmp_path: Path) -> None:
    empty = tmp_path / "fetched"
    empty.touch()

    class Empty:
        def get(self, url: str, question: object) -> Fetched:
            return Fetched(empty, url)

    with pytest.raises(Invalid), service._Fetched(cast(Fetcher, Empty()), "https://data.example/"):
        pass
    assert not empty.exists()
