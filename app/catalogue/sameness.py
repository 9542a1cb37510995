"""By what two entries may be one dataset: one identifier, one title and publisher, one download address. Pure."""

from hashlib import blake2b
from typing import Final
from urllib.parse import urlsplit

from app.catalogue.model import Publisher
from app.catalogue.reading import Node
from app.catalogue.terms import ADMS, DCAT, DCT

IDENTIFIER: Final = "same-id"
NAME: Final = "same-name"
FILE: Final = "same-file"
KINDS: Final = (FILE, NAME, IDENTIFIER)
"""The strongest sign first."""

_MAX_KEYS: Final = 20
"""Of one kind, of one entry: whoever has more files shares some with everybody."""
_SHORT: Final = 6
"""An identifier with fewer characters (a running number) only says something inside its publisher's catalogue."""


def of(node: Node, publisher: Publisher | None) -> list[tuple[str, str]]:
    """(kind, value): entries with the same value may be one dataset. A value is a hash: it is only ever compared."""
    names = [_plain(name) for name in (publisher.names.values() if publisher else ())][:_MAX_KEYS]
    titles = [_plain(title) for title in node.text(DCT + "title").values()][:_MAX_KEYS]
    found = {(NAME, _hash(title, name)): None for title in titles if title for name in names if name}
    for word in node.words(DCT + "identifier", ADMS + "identifier")[:_MAX_KEYS]:
        plain = _plain(word)
        if plain:
            found[IDENTIFIER, _hash(plain) if len(plain) >= _SHORT else _hash(plain, *sorted(names))] = None
    files = [
        address for file in node.nodes(DCAT + "distribution")[:_MAX_KEYS] for address in file.iris(DCAT + "downloadURL")
    ]
    for address in files[:_MAX_KEYS]:
        if same := _address(address):
            found[FILE, _hash(same)] = None
    return list(found)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _address(address: str) -> str:
    """Without what makes no other file of it: http or https, the case of the host, an anchor, a last slash."""
    try:
        parsed = urlsplit(address.strip())
    except ValueError:
        return ""
    if not parsed.netloc or (parsed.path in ("", "/") and not parsed.query):
        return ""  # the home page of a portal is nobody's file
    return f"{parsed.netloc.lower()}{parsed.path.rstrip('/')}?{parsed.query}"


def _hash(*words: str) -> str:
    return blake2b("\n".join(words).encode("utf-8", "replace"), digest_size=16).hexdigest()
