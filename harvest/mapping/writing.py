"""A mapping as the YAML that people read and write by hand, out and in."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from harvest.errors import SourceFailed
from harvest.mapping.meanings import Code, How
from harvest.mapping.rules import Rules, rules

MAX_CHARACTERS = 200_000
_MAX_KEY = 1_000
_HEAD = (
    "# 来源的字段与代码对照：左边是来源的写法，右边是元数据规范的字段，或代码的含义。格式说明见 docs/mapping.md。",
    "# How a source reads: on the left its headings and codes, on the right fields of the profile and meanings.",
)
_WORDS = ("title", "list", "base_url", "language")
_WRITTEN = frozenset({*_WORDS, "identity", "rename", "ignore", "codes", "constants"})


class _NoAnchors(yaml.SafeLoader):
    """Anchors make ten lines as long as a disk; no mapping needs them."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("anchors and aliases (&, *) are not read here")
        return super().compose_node(parent, index)


def read(text: str) -> Rules:
    """A mapping that somebody wrote. Raises SourceFailed that says what is wrong in it."""
    return rules(said(text))


def said(text: str) -> Mapping[str, Any]:
    """The same as plain values, for opening a source with it."""
    if len(text) > MAX_CHARACTERS:
        raise SourceFailed(
            f"映射过长（上限 {MAX_CHARACTERS:,} 字）。",
            f"The mapping is too long (at most {MAX_CHARACTERS:,} characters).",
        )
    try:
        found = yaml.load(text, _NoAnchors)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        words = " ".join(str(error).split())[:300]
        raise SourceFailed(f"映射不是有效的 YAML：{words}。", f"The mapping is no valid YAML: {words}.") from None
    rules(found)
    return found or {}


def written(said: Mapping[str, Any], unknown: Iterable[Code] = ()) -> str:
    """
    A mapping as text, in the order in which it is read best; keys that this screen does not know stay as they are.
    Words of `unknown` stand as remarks where their meaning can be written in.
    """
    lines = [*_HEAD]
    lines += [f"{name}: {_scalar(str(said[name]))}" for name in _WORDS if said.get(name)]
    if said.get("identity"):
        lines.append(f"identity: [{', '.join(map(_scalar, said['identity']))}]")
    lines += _table("rename", said.get("rename") or {}, "# 列名（键）: 字段 heading (key): field")
    if said.get("ignore"):
        lines += [
            "# 不采用的列 headings that mean nothing here",
            "ignore:",
            *(f"- {_scalar(h)}" for h in said["ignore"]),
        ]
    lines += _codes(said.get("codes") or {}, [code for code in unknown if code.how in (How.UNKNOWN, How.LIKE)])
    constants = said.get("constants") or {}
    lines += _table("constants", constants, "# 来源没有写、对全部条目都成立的值 what holds for all its entries")
    others = {name: value for name, value in said.items() if name not in _WRITTEN}
    more = yaml.safe_dump(others, allow_unicode=True, sort_keys=False, width=120) if others else ""
    return "\n".join(lines) + "\n" + more


def _table(name: str, table: Mapping[str, Any], remark: str) -> list[str]:
    if not table:
        return []
    return [remark, f"{name}:", *(_pair(str(left), str(right), 1) for left, right in table.items())]


def _codes(said: Mapping[str, Mapping[str, Any]], unknown: list[Code]) -> list[str]:
    fields = [field for field, table in said.items() if table]
    fields += [code.field for code in unknown if code.field not in fields]
    if not fields:
        return []
    lines = ["# 代码: 含义（代码表中的名称或代码）；# 后是尚不认识的代码及出现次数"]
    lines += [
        "# code: what it means, by its label or notation; behind # codes that are not known yet, with their counts"
    ]
    none = not any(said.get(field) for field in fields)
    lines.append("# codes:" if none else "codes:")
    for field in dict.fromkeys(fields):
        table = said.get(field, {})
        lines.append(_remark(1, f"{field}:", none or not table))
        lines += [_pair(str(word), str(means), 2) for word, means in table.items()]
        for code in unknown:
            if code.field == field:
                text = f"{_scalar(code.word)}: {_scalar(code.means or '?')}  # ×{code.count}"
                lines.append(_remark(2, text, True))
    return lines


def _remark(depth: int, text: str, is_remark: bool) -> str:
    """A line that is right where it stands once its first `#` and the blank behind it are gone."""
    return f"# {'  ' * depth}{text}" if is_remark else "  " * depth + text


def _pair(left: str, right: str, depth: int) -> str:
    """`left: right`; YAML finds the end of a key by itself only within 1,024 characters."""
    key, value, indent = _scalar(left), _scalar(right), "  " * depth
    if len(key) > _MAX_KEY:
        return f"{indent}? {key}\n{indent}: {value}"
    return f"{indent}{key}: {value}"


def _scalar(text: str) -> str:
    """One word of YAML on one line, quoted where it must be: whatever a source calls its columns stays a word."""
    style = None if text.isprintable() else '"'
    said = yaml.safe_dump(text, allow_unicode=True, width=10**9, default_style=style)
    return said.removesuffix("\n").removesuffix("\n...")
