"""What is being typed, completed: words, publishers and titles of the index that begin so, in any way of writing."""

from collections.abc import Iterator

from indexer.analysis.folding import fold, key_of_folded
from indexer.analysis.splitting import is_cjk, runs
from indexer.results import Suggestion
from indexer.suggesting.phrases import (
    BY_INITIALS,
    BY_LETTERS,
    BY_TEXT,
    PUBLISHER,
    WORD,
    Phrase,
    Vocabulary,
    phrase,
)
from indexer.suggesting.pinyin import is_letters, reads, ways_to_read

MAX_TYPED = 40
"""Characters that are looked at; who has typed more knows what it is."""

_LOOKED_AT = 40
"""Phrases of one prefix, the most frequent ones."""

_SHARE_OF_WORDS = 0.6
_MAX_PUBLISHERS = 2
_TITLES_OF = 3
"""Phrases whose titles are shown where letters were typed."""

_MAX_JOINED = 4
"""Of what two phrases may make together, how much is looked for."""

_KINDS = {WORD: "word", PUBLISHER: "publisher"}


def suggest(vocabulary: Vocabulary, typed: str, most: int) -> tuple[Suggestion, ...]:
    """At most `most`, words before titles; () for what nothing begins with. Any text may be typed."""
    key = key_of_folded(fold(typed[:MAX_TYPED]))
    if not runs(key) or most < 1:
        return ()
    phrases = _phrases(vocabulary, key)
    texts = [each.key for each in phrases[:_TITLES_OF]]
    if not phrases:
        texts = list(_last_completed(vocabulary, typed) or (_joined(vocabulary, key) if is_letters(key) else ()))
    if not is_letters(key):
        texts = [key] if is_cjk(key) or not texts else [key, *texts]
    titles = _titles(vocabulary, texts, most)
    words = [Suggestion(each.text, _KINDS[each.kind]) for each in phrases if each.key != key or each.text != typed]
    room = max(int(most * _SHARE_OF_WORDS), most - len(titles))
    chosen = _without_many_publishers(words)[:room]
    shown = {suggestion.text for suggestion in chosen}
    return (*chosen, *[title for title in titles if title.text not in shown][: most - len(chosen)])


def _phrases(vocabulary: Vocabulary, key: str) -> list[Phrase]:
    """Phrases that `key` begins: written to the end first, then those of more records. Each text once."""
    first = next(iter(runs(key)), "")
    if not first:
        return []
    prefixes = [BY_TEXT + first]
    if is_letters(first):
        prefixes += [BY_LETTERS + first, *(BY_INITIALS + way for way in ways_to_read(first))]
    found: dict[str, tuple[bool, int, Phrase]] = {}
    for terms in vocabulary.starting(prefixes, _LOOKED_AT):
        for term, records in terms:
            each = phrase(term, records)
            reached = reads(each.begins, each.read, key)
            whole = fold(each.text)
            if reached and (whole not in found or found[whole][1] < records):
                found[whole] = (reached == len(each.begins), records, each)
    ordered = sorted(found.values(), key=lambda each: (not each[0], -each[1], each[2].text))
    return [each for _, _, each in ordered]


def _joined(vocabulary: Vocabulary, letters: str) -> Iterator[str]:
    """Two phrases one after the other that a title has so: tccsf → 停车场收费."""
    cuts = range(len(letters) - 1, 1, -1)
    tried = 0
    for cut in cuts:
        left = [each for each in _phrases(vocabulary, letters[:cut])[:2] if _is_whole(each, letters[:cut])]
        right = _phrases(vocabulary, letters[cut:])[:_TITLES_OF] if left else []
        for one in left:
            for other in right:
                if tried == _MAX_JOINED:
                    return
                tried += 1
                if vocabulary.titles(one.key + other.key, 1):
                    yield one.key + other.key


def _last_completed(vocabulary: Vocabulary, typed: str) -> list[str]:
    """Words before a blank as they are, the one after it completed."""
    before, _, last = fold(typed).strip().rpartition(" ")
    last = key_of_folded(last)
    return [f"{before} {each.key}" for each in _phrases(vocabulary, last)[:_TITLES_OF]] if before and last else []


def _is_whole(each: Phrase, typed: str) -> bool:
    return reads(each.begins, each.read, typed) == len(each.begins)


def _titles(vocabulary: Vocabulary, texts: list[str], most: int) -> list[Suggestion]:
    found: dict[str, Suggestion] = {}
    for text in texts:
        if len(found) >= most:
            break
        for id_, title in vocabulary.titles(text, most):
            found.setdefault(title, Suggestion(title, "dataset", id_))
    return list(found.values())[:most]


def _without_many_publishers(words: list[Suggestion]) -> list[Suggestion]:
    """A city's publishers all begin alike and would fill the list."""
    publishers = [each for each in words if each.kind == "publisher"][_MAX_PUBLISHERS:]
    return [each for each in words if each not in publishers]
