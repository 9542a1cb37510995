"""Sources for tests: records made by a few words, read by the real harvest."""

from collections.abc import Iterator, Sequence

from harvest.errors import SourceFailed
from harvest.record import Incoming, Unreadable

_DCT = "http://purl.org/dc/terms/"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"


def incoming(number: int, title: str = "公交线路站点", *, access: str = "PUBLIC", also: Sequence[str] = ()) -> Incoming:
    """One record that passes `intake`; `also` are "predicate object" in N-Triples' syntax."""
    me = f"<https://bureau.example/{number}>"
    lines = [
        f"{me} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/ns/dcat#Dataset> .",
        f'{me} <{_DCT}identifier> "GZ-{number}" .',
        f'{me} <{_DCT}publisher> "广州市交通运输局"@zh-Hans .',
        f"{me} <{_DCT}accessRights> <{_ACCESS}{access}> .",
        *(f"{me} {statement} ." for statement in also),
    ]
    if title:
        lines.append(f'{me} <{_DCT}title> "{title}"@zh-Hans .')
    text = "\n".join(lines) + "\n"
    return Incoming(f"https://bureau.example/{number}", me, text.encode(), f"row {number}")


class ListedSource:
    """Gives its records, and fails at the end where told to."""

    def __init__(self, records: Sequence[Incoming | Unreadable], *, fails: bool = False) -> None:
        self.name = "test source"
        self._records = records
        self._fails = fails

    def records(self) -> Iterator[Incoming | Unreadable]:
        yield from self._records
        if self._fails:
            raise SourceFailed("连接中断。", "The connection broke.")
