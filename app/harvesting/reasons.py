"""
The reasons of a report in words. A rule of a profile has its own message; the remarks of the harvest are here.

Messages of rules name no value, so these sentences are for everybody.
"""

from dataclasses import dataclass
from functools import lru_cache

from app.harvesting.closing import PROBLEM


def _unknown(zh: str, en: str) -> tuple[str, str]:
    return f"{zh}不在代码表中，保留来源用语。", f"The {en} is in no code list; the source's word is kept."


_REMARKS = {
    "duplicate": (
        "与同一来源中的另一条记录完全相同，只保留一条。",
        "The same as another record of this source; one is kept.",
    ),
    "own-entry": (
        "本门户自己的数据集，由对方采集后又出现在其目录中，不再重复收录。",
        "An entry of this portal that the other one harvested from it; it is not taken twice.",
    ),
    "quarantined-before": ("上次已隔离，内容没有变化。", "In quarantine before, and unchanged."),
    "unreadable": ("记录无法读取。", "The record can't be read."),
    "record-too-complex": (
        "记录结构过于复杂，无法在限定的工作量内处理。",
        "The record is too intricate to be handled within the budget.",
    ),
    "key-shared": (
        "标识与另一条内容不同的记录相同，已分别保留。",
        "Another record of the same key says other things; both are kept.",
    ),
    "check-failed": ("校验没有完成。", "The check was not completed."),
    "held": (
        "没有通过广州目录规范，已保存，暂缓发布。",
        "Fails the Guangzhou catalogue rules: kept, and held from the public.",
    ),
    "released": ("此前暂缓发布，现已可以发布。", "Held before, and published now."),
    PROBLEM.rule: (PROBLEM.message_zh, PROBLEM.message_en),
    "withdrawn": ("在来源中缺失超过宽限期，已撤回。", "Missing from the source for longer than the grace: withdrawn."),
    "withdrawn-confirmed": (
        "在来源中缺失，经人工确认后已撤回。",
        "Missing from the source, and withdrawn on a person's word.",
    ),
    "missing-kept": (
        "来源中一次缺失过多，等待人工确认后再撤回。",
        "Too much of the source is missing at once; a person must confirm it before it is withdrawn.",
    ),
    "link-mended": ("写成文字的链接已改为地址。", "A link written as text became an address."),
    "unmapped-column": ("没有采用的列：其含义未知。", "A column that was not used: nobody knows what it means."),
    "unknown-frequency": _unknown("更新频率", "update frequency"),
    "unknown-format": _unknown("数据格式", "format"),
    "unknown-theme": _unknown("领域", "theme"),
    "unknown-open-attribute": _unknown("开放属性", "open attribute"),
    "unknown-district": _unknown("行政区划", "district"),
    "unknown-industry": _unknown("行业", "industry"),
    "unknown-level": ("数据分级不在代码表中。", "The level is in no code list."),
    "unknown-ground": ("依据不在代码表中。", "The ground is in no code list."),
    "unusable-address": ("地址无法使用，未采用。", "An address that can't be used was left out."),
    "unreadable-period": ("时间范围无法识别，未采用。", "A period that can't be read was left out."),
    "unreadable-number": ("数字无法识别，未采用。", "A number that can't be read was left out."),
    "encoding-guessed": ("文档没有说明编码，已推断。", "The encoding was guessed: the document does not say it."),
    "iri-mended": ("不合规范的地址已修正。", "An address that RDF does not allow was mended."),
    "statement-dropped": ("无法读取的语句已略去。", "A statement that can't be read was dropped."),
    "term-undefined": ("上下文没有定义的词语已略去。", "A term that the context does not define was dropped."),
    "language-tag-dropped": ("无效的语言标记已去掉。", "A language tag that is none was dropped."),
    "literal-simplified": ("带有书写方向等的文字已改为普通文字。", "A literal of a newer kind was made a plain one."),
    "prefix-added": ("未声明的前缀已按常用含义读取。", "A prefix that is not declared was read in its usual sense."),
    "relative-iri-without-base": (
        "文档含相对地址，而来源地址未知。",
        "The document has relative addresses and no base.",
    ),
    "context-bundled": (
        "上下文已用本程序自带的副本读取。",
        "The context was read from a copy that comes with the portal.",
    ),
    "read-by-rdflib": ("严格解析失败，已用另一解析器读取。", "The strict reader refused it; another one read it."),
    "unreadable-date": ("日期无法识别，未采用。", "A date that can't be read was left out."),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A rule in both languages, and the article of the measures that it stands on, "" where it stands on none."""

    zh: str
    en: str
    article: str = ""


@lru_cache(maxsize=512)
def in_words(rule: str) -> Words:
    """Its own name where nobody has words for it."""
    from shapes.profile import load

    for profile in ("intake", "guangzhou"):
        for each in load(profile).rules.values():
            if each.name == rule:
                zh = each.message.get("zh-Hans", rule)
                return Words(zh, each.message.get("en", zh), each.article)
    return Words(*_REMARKS.get(rule, (rule, rule)))
