"""The way back: where each page stands, and that every step of it is there."""

import re

import pytest
from flask.testing import FlaskClient

from tests.web.portals import Filled

_CRUMBS = re.compile(r'<nav class="crumbs"[^>]*>(.*?)</nav>', re.DOTALL)
_STEP = re.compile(r'<li>(?:<a href="([^"]*)">([^<]*)</a>|<span aria-current="page">([^<]*)</span>)</li>')


def pages(filled: Filled) -> list[str]:
    bus, gone = filled.ids["bus"], "/source/bureau/run/2"
    return [
        f"/dataset/{bus}", "/catalog", "/publisher", f"/publisher/{filled.publisher}", "/theme", "/theme/jiaotong",
        "/source", "/source/bureau", gone, "/source/bureau/quarantine", "/source/city/held", "/about", "/ns",
        "/api/docs", "/sparql",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_page_says_where_it_stands_from_the_first_page_to_itself(
    client: FlaskClient, filled: Filled, language: str
) -> None:
    for address in pages(filled):
        answer = client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200, address
        trails = _CRUMBS.findall(answer.text)
        assert len(trails) == 1, address
        steps = _STEP.findall(trails[0])
        assert len(steps) == trails[0].count("<li>"), f"{address}: a step is neither a link nor this page"
        assert steps[0][:2] == ("/", "首页" if language == "zh-Hans" else "Home")
        assert [bool(here) for _link, _name, here in steps] == [False] * (len(steps) - 1) + [True], address
        assert all(name.strip() for _link, name, _here in steps[:-1]), address
        for link, _name, _here in steps[:-1]:
            assert client.get(link).status_code == 200, f"{address} leads back to {link}"


def test_the_last_step_of_a_dataset_is_its_title(client: FlaskClient, filled: Filled) -> None:
    text = client.get(f"/dataset/{filled.ids['bus']}").text
    assert [here or name for _link, name, here in _STEP.findall(_CRUMBS.findall(text)[0])] == [
        "首页",
        "数据集",
        "公交线路站点",
    ]


def test_a_title_in_a_trail_is_text(client: FlaskClient, filled: Filled) -> None:
    trail = _CRUMBS.findall(client.get(f"/dataset/{filled.ids['hostile']}").text)[0]
    assert "<script" not in trail
    assert "&lt;script&gt;" in trail
