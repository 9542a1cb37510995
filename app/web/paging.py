"""Page numbers in addresses, and the row of links under a list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_PAGE = 1_000_000


def number(text: str | None, *, default: int = 1, least: int = 1, most: int = MAX_PAGE) -> int:
    """A whole number from an address; what is none is the default, what is out of bounds the nearest bound."""
    if text is None:
        return default
    text = text.strip()
    if not text.removeprefix("-").isdecimal() or len(text) > 20:
        return default
    return min(max(int(text), least), most)


@dataclass(frozen=True, slots=True)
class Pager:
    """`number` is the page shown, `last` the last one (at least 1), `link` makes the address of a page."""

    number: int
    last: int
    link: Callable[[int], str]

    def shown(self) -> Iterator[int | None]:
        """First, last and the neighbours; None stands for a gap."""
        near = {1, self.last, *range(self.number - 2, self.number + 3)}
        before = 0
        for page in sorted(page for page in near if 1 <= page <= self.last):
            if page == before + 2:
                yield page - 1
            elif page > before + 2:
                yield None
            yield page
            before = page


def last_page(total: int, size: int) -> int:
    return max(1, -(-total // size))
