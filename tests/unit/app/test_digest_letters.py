"""Digests as people read them."""

import re
from datetime import UTC, date, datetime

from app.follow.letters import Links, digest
from app.follow.model import Followed, Happened, Kind, News, Section

AT = datetime(2026, 11, 2, tzinfo=UTC)
BASE = "https://data.example"
BUS = Followed(Kind.DATASET, "bus", "", AT)
WORD = Followed(Kind.SEARCH, "", "everything", AT)
SECTIONS = [
    Section(BUS, (News("bus", Happened.CHANGED, AT),), 1, said=2),
    Section(WORD, (News("new", Happened.NEW, AT), News("gone", Happened.GONE, AT)), 7),
]
NAMES = {BUS.mark: {"zh-Hans": "公交线路", "en": "Bus routes"}, WORD.mark: {"": "everything"}}
TITLES = {"bus": NAMES[BUS.mark], "new": {"en": "Stops"}}
LINKS = Links(BASE, f"{BASE}/end", {BUS.mark: f"{BASE}/stop-bus", WORD.mark: f"{BASE}/stop-all"})


def test_an_english_digest_says_all_of_it_in_english() -> None:
    draft = digest("en", SECTIONS, NAMES, TITLES, date(2026, 10, 26), LINKS)
    assert draft.subject == "Suishu digest: Bus routes and 1 more"
    assert not re.search(r"[\u4e00-\u9fff]", draft.body)
    assert draft.body == (
        "Hello,\n\n"
        "this is what became of the things you follow at Suishu since 2026-10-26.\n\n"
        "[Dataset] Bus routes\n"
        "  Updated: Bus routes\n"
        f"  {BASE}/dataset/bus\n"
        "  New comments and answers: 2\n"
        f"  {BASE}/dataset/bus\n"
        "  Stop following:\n"
        f"  {BASE}/stop-bus\n\n"
        "[Search] everything\n"
        "  New: Stops\n"
        f"  {BASE}/dataset/new\n"
        "  No longer public: (its name is no longer public)\n"
        "  Other datasets with news (5), see:\n"
        f"  {BASE}/dataset?sort=modified\n"
        "  Stop following:\n"
        f"  {BASE}/stop-all\n\n"
        "-- \n"
        "See what you follow, and change how often and in which language a digest comes:\n"
        f"{BASE}/account/following\n\n"
        "No more digests:\n"
        f"{BASE}/end\n"
    )


def test_a_chinese_digest_names_things_in_chinese_where_it_can() -> None:
    draft = digest("zh-Hans", SECTIONS, NAMES, TITLES, date(2026, 10, 26), LINKS)
    assert draft.subject == "穗数关注摘要：公交线路等 2 项"
    assert f"【数据集】公交线路\n  更新：公交线路\n  {BASE}/dataset/bus\n  新的评论和回复：2 条" in draft.body
    assert "新增：Stops" in draft.body
    assert "另有 5 个数据集有动态" in draft.body
