"""
A digest as a letter, in the language that somebody chose. Pure.

Titles and names are others' words: each is one line, and no mail program makes a link of an address in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.accounts.letters import Draft
from app.catalogue.model import Text
from app.follow.model import Happened, Kind, Section
from app.i18n import DEFAULT, language, pick
from app.mail.words import one_line, without_links

MOST_LISTED = 20
"""Of one thing that is followed."""
_TITLE_CHARACTERS = 120
_SUBJECT_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class _Words:
    greeting: str
    kinds: Mapping[Kind, str]
    happened: Mapping[Happened, str]
    heading: str
    said: str
    more: str
    stop: str
    hidden: str
    subject: str
    subject_of_many: str
    foot: str


_ZH = _Words(
    greeting="您好：\n\n以下是您在穗数关注的内容自 {since} 以来的动态。",
    kinds={Kind.DATASET: "数据集", Kind.PUBLISHER: "开放主体", Kind.THEME: "领域", Kind.SEARCH: "检索"},
    happened={Happened.NEW: "新增", Happened.CHANGED: "更新", Happened.GONE: "不再公开"},
    heading="【{kind}】{name}",
    said="新的评论和回复：{count} 条",
    more="另有 {count} 个数据集有动态，请看：",
    stop="不再关注：",
    hidden="（名称已不再公开）",
    subject="穗数关注摘要：{name}",
    subject_of_many="穗数关注摘要：{name}等 {count} 项",
    foot="管理关注，更改摘要的频率和语言：\n{manage}\n\n不再接收摘要：\n{end}\n",
)
_EN = _Words(
    greeting="Hello,\n\nthis is what became of the things you follow at Suishu since {since}.",
    kinds={Kind.DATASET: "Dataset", Kind.PUBLISHER: "Publisher", Kind.THEME: "Theme", Kind.SEARCH: "Search"},
    happened={Happened.NEW: "New", Happened.CHANGED: "Updated", Happened.GONE: "No longer public"},
    heading="[{kind}] {name}",
    said="New comments and answers: {count}",
    more="Other datasets with news ({count}), see:",
    stop="Stop following:",
    hidden="(its name is no longer public)",
    subject="Suishu digest: {name}",
    subject_of_many="Suishu digest: {name} and {count} more",
    foot="See what you follow, and change how often and in which language a digest comes:\n{manage}\n\n"
    "No more digests:\n{end}\n",
)


@dataclass(frozen=True, slots=True)
class Links:
    """`stop` has one for each mark."""

    base_url: str
    end: str
    stop: Mapping[str, str]


def digest(
    tag: str, sections: list[Section], names: Mapping[str, Text], titles: Mapping[str, Text], since: date, links: Links
) -> Draft:
    words = _ZH if tag.startswith("zh") else _EN
    called = [_called(names.get(section.followed.mark, {}), tag) or words.hidden for section in sections]
    parts = [words.greeting.format(since=since.isoformat())]
    for section, name in zip(sections, called, strict=True):
        parts.append("\n".join(_section(words, tag, section, name, titles, links)))
    parts.append("-- \n" + words.foot.format(manage=f"{links.base_url}/account/following", end=links.end))
    first, others = one_line(called[0], _SUBJECT_CHARACTERS), len(called) - 1
    count = others if words is _EN else others + 1
    subject = words.subject_of_many if others else words.subject
    return Draft(subject.format(name=first, count=count), "\n\n".join(parts))


def address(section: Section, base_url: str) -> str:
    """The page of what is followed."""
    followed = section.followed
    if followed.kind is Kind.SEARCH:
        return f"{base_url}/dataset?{followed.target}{'&' if followed.target else ''}sort=modified"
    return f"{base_url}/{followed.kind}/{followed.target}"


def _section(
    words: _Words, tag: str, section: Section, name: str, titles: Mapping[str, Text], links: Links
) -> list[str]:
    lines = [words.heading.format(kind=words.kinds[section.followed.kind], name=name)]
    for one in section.news:
        title = _called(titles.get(one.dataset_id, {}), tag)
        lines.append(f"  {words.happened[one.happened]}{'：' if words is _ZH else ': '}{title or words.hidden}")
        if title:
            lines.append(f"  {links.base_url}/dataset/{one.dataset_id}")
    if section.total > len(section.news):
        lines += [
            "  " + words.more.format(count=section.total - len(section.news)),
            f"  {address(section, links.base_url)}",
        ]
    if section.said:
        lines += ["  " + words.said.format(count=section.said), f"  {address(section, links.base_url)}"]
    return [*lines, f"  {words.stop}", f"  {links.stop[section.followed.mark]}"]


def _called(texts: Text, tag: str) -> str:
    return without_links(pick(texts, language(tag) or DEFAULT)[0], _TITLE_CHARACTERS)
