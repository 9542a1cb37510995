"""
The languages of the interface and their catalogues of messages.

Messages are written in simplified Chinese; `translations/{locale}/LC_MESSAGES/messages.po` says them in another
language. The .po files are read as they are, once a process, so that there is no compiled file to forget.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

_FOLDER = Path(__file__).parent / "translations"


@dataclass(frozen=True, slots=True)
class Language:
    """
    `tag` is BCP 47, as in our RDF and in `html lang`; `locale` is Babel's name. `prefers` are the tags whose text
    serves a reader of this language, best first; what stands in none of them is taken from any.
    """

    tag: str
    locale: str
    name: str
    prefers: tuple[str, ...]


ZH_HANS = Language(
    "zh-Hans", "zh_Hans_CN", "简体中文", ("zh-Hans", "zh", "zh-CN", "", "zh-Hant", "zh-TW", "zh-HK", "en")
)
EN = Language("en", "en", "English", ("en", "en-GB", "en-US", "zh-Hans", "zh", "zh-CN", "", "zh-Hant"))
LANGUAGES = (ZH_HANS, EN)
DEFAULT = ZH_HANS


def language(name: str) -> Language | None:
    """The language that a tag asks for ("en-GB" is English, "zh" and "zh-TW" are simplified Chinese), or None."""
    wanted = name.strip().lower().replace("_", "-")
    if wanted == "zh" or wanted.startswith("zh-"):
        return ZH_HANS
    if wanted == "en" or wanted.startswith("en-"):
        return EN
    return None


@lru_cache(maxsize=256)
def preferred(accept_language: str) -> Language:
    """The language that an Accept-Language header likes best; simplified Chinese where it names none of ours."""
    best, best_quality = DEFAULT, 0.0
    for part in accept_language[:500].split(",")[:30]:
        tag, _, parameter = part.partition(";")
        try:
            quality = float(parameter.partition("=")[2]) if "q=" in parameter else 1.0
        except ValueError:
            continue
        found = language(tag)
        if found is not None and quality > best_quality:
            best, best_quality = found, quality
    return best


@lru_cache(maxsize=len(LANGUAGES))
def translations(locale: str) -> Translations:
    """The messages of one locale, fuzzy ones left out. Raises FileNotFoundError when the catalogue is missing."""
    if locale == DEFAULT.locale:  # messages are written in it
        return Translations()
    path = _FOLDER / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def pick(texts: dict[str, str], reader: Language) -> tuple[str, str]:
    """The text that serves the reader best, and its language tag; ("", "") when there is none."""
    for tag in reader.prefers:
        if found := texts.get(tag):
            return found, tag
    for tag, found in texts.items():
        if found:
            return found, tag
    return "", ""
