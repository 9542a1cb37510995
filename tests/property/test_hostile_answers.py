"""Every parser and mapping of the harvest over answers that were spoilt; `make fuzz` goes on for longer."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, Target

_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
_PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [b"\x00", b"<", b">", b'"', b"\\", b"{", b"[", b"]" * 5, b"[" * 400, b"null", b"1e999", b"-1", b"\xff\xfe",
         b"\xed\xa0\x80", "𠀀".encode(), "\u202e".encode(), b"&#0;", b"<!DOCTYPE a>", b"<!ENTITY", b"\r", b"\\ud800",
         b"http://[::1", b"_:", b"@", b"^^", b"%", b"9" * 400, b"0001-01-01", b"99999-99-99T99:99:99"]
    ),
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A good answer with a few pieces cut out, repeated or put in."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 40))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            del data[at : at + length]
        elif kind == 1:
            data[at:at] = draw(_PIECES)
        elif kind == 2:
            data[at : at + length] = draw(_PIECES)
        else:
            data[at:at] = data[at : at + length]
    return bytes(data)


def _check(target: Target, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=_CALM, database=None)
    @given(spoilt(target.seeds))
    def examine(data: bytes) -> None:
        target.check(data)

    examine()


@pytest.mark.parametrize("name", TARGETS)
def test_no_spoilt_answer_crashes_or_hangs_a_harvest(name: str):
    for seed in TARGETS[name].seeds:
        TARGETS[name].check(seed)
    _check(TARGETS[name], 40)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", TARGETS)
def test_no_spoilt_answer_crashes_or_hangs_a_harvest_in_many_tries(name: str):
    _check(TARGETS[name], 1_500)


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["http://x.example/1", "2026-01-01", "[1, 2]", '{"en": "a"}', "[", "R/P1D", "text/csv", "https://[",
                       "zh", "a@b.example", "\ud800", "无"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["en", "zh", "@value", "name", "title", "key", "value", "url", "format", "@id", "fn", "hasEmail", "coordinates",
         "downloadURL", "accessURL", "mediaType", "description", "size", "hash", "mimetype", "state", "created"]),
        inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
_FIELDS = {
    "package": "id name title notes title_translated notes_translated organization publisher_name maintainer groups "
    "tags maintainer_email theme extras resources license_url frequency issued modified temporal_start spatial "
    "language uri url private state metadata_modified provenance conforms_to version access_rights contact_name",
    "datajson": "title description identifier publisher contactPoint distribution theme keyword accessLevel issued "
    "modified license landingPage temporal spatial rights conformsTo references describedBy isPartOf language "
    "accrualPeriodicity",
    "portal-json": "名称 摘要 提供单位 领域 关键词 开放属性 数据项 数据格式 更新频率 发布日期 下载地址 时间范围",
}


@pytest.mark.parametrize("name", _FIELDS)
def test_whatever_a_field_holds_the_record_is_mapped(name: str):
    @settings(max_examples=150, deadline=None, suppress_health_check=_CALM, database=None)
    @given(st.dictionaries(st.sampled_from(_FIELDS[name].split()), _ANY, max_size=8))
    def examine(found: dict[str, Any]) -> None:
        text = json.dumps(found).encode()
        wrapped = {"package": text, "datajson": b'{"dataset": [%b]}' % text, "portal-json": b"[%b]" % text}[name]
        TARGETS[name].check(wrapped)

    examine()
