"""What a source's mapping file may say, read into a typed form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harvest.mapping.fields import aliases
from harvest.mapping.paging import Paging, paging, wrong

_KEYS = ("title", "list", "rename", "codes", "constants", "identity", "base_url", "language", "ignore", "paging")
_LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@dataclass(frozen=True, slots=True)
class Rules:
    """
    `rename`: the source's heading or key -> field. `codes`: field -> the source's value -> label or notation.
    `constants`: field -> value where the source has none. `identity`: headings whose values make the key.
    `list`: dotted path to the list in a JSON document. `ignore`: headings that mean nothing here. `paging`: how a
    portal's JSON is asked for page by page; None for one document.
    """

    title: str = ""
    list: str = ""
    rename: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    base_url: str = ""
    language: str = ""
    ignore: tuple[str, ...] = ()
    paging: Paging | None = None


def rules(said: Mapping[str, Any] | None) -> Rules:
    """Checks a mapping. Raises SourceFailed that names what is wrong in it."""
    if said is None:
        return Rules()
    if not isinstance(said, Mapping):
        raise wrong("应为键值映射", "it must be a mapping of keys and values")
    for key in said:
        if key not in _KEYS:
            raise wrong(
                f"不认识的键 {key}；可用：{'、'.join(_KEYS)}", f"unknown key {key}; known are {', '.join(_KEYS)}"
            )
    rename = _texts(said, "rename")
    codes = said.get("codes") or {}
    if not isinstance(codes, Mapping) or not all(isinstance(table, Mapping) for table in codes.values()):
        raise wrong("codes 应为“字段: {代码: 含义}”", "codes must be field: {code: meaning}")
    constants = _texts(said, "constants")
    for name in (*rename.values(), *codes, *constants):
        if name not in aliases():
            raise wrong(
                f"不认识的字段 {name}；可用：{'、'.join(aliases())}",
                f"unknown field {name}; known are {', '.join(aliases())}",
            )
    language = str(said.get("language") or "")
    if language and language not in _LANGUAGES:
        raise wrong(f"language 应为 {'、'.join(_LANGUAGES)} 之一", f"language must be one of {', '.join(_LANGUAGES)}")
    return Rules(
        title=str(said.get("title") or ""),
        list=str(said.get("list") or ""),
        rename=rename,
        codes={name: {str(code): str(means) for code, means in table.items()} for name, table in codes.items()},
        constants=constants,
        identity=_names(said, "identity"),
        base_url=str(said.get("base_url") or ""),
        language=language,
        ignore=_names(said, "ignore"),
        paging=paging(said["paging"]) if said.get("paging") else None,
    )


def _texts(said: Mapping[str, Any], key: str) -> dict[str, str]:
    table = said.get(key) or {}
    if not isinstance(table, Mapping):
        raise wrong(f"{key} 应为键值映射", f"{key} must be a mapping")
    return {str(name): str(value) for name, value in table.items()}


def _names(said: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = said.get(key) or []
    return (names,) if isinstance(names, str) else tuple(map(str, names))
