"""Page numbers in addresses, and the row of links under a list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.errors import Invalid

MAX_PAGE = 1_000_000
_MOST_DIGITS = 20


def number(text: str | None, *, default: int = 1, least: int = 1, most: int = MAX_PAGE) -> int:
    """A whole number from an address; what is none is the default, what is out of bounds the nearest bound."""
    if text is None:
        return default
    text = text.strip()
    if not text.removeprefix("-").isdecimal() or len(text) > _MOST_DIGITS:
        return default
    return min(max(int(text), least), most)


def stated(name: str, text: str | None, *, default: int, least: int = 1, most: int = MAX_PAGE) -> int:
    """
    The same for programs: what is no number, or too small, is a mistake that is told (`Invalid`); more than `most` is
    `most`, as nobody loses anything by smaller pages.
    """
    if text is None or not text.strip():
        return default
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS or int(text) < least:
        raise Invalid(
            f"{name} 须是不小于 {least} 的整数，一次最多 {most}。"
            if most < MAX_PAGE
            else f"{name} 须是不小于 {least} 的整数。",
            f"{name} must be a whole number, {least} or more"
            + (f"; at most {most} at a time." if most < MAX_PAGE else "."),
        )
    return min(int(text), most)


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
