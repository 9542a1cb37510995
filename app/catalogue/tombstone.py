"""What is left to say of an entry that was withdrawn, as N-Triples. Pure."""

from datetime import UTC, datetime

from app.catalogue.model import Tombstone
from app.catalogue.statements import quoted
from app.catalogue.terms import DCAT, DCT, TYPE, XSD

ACTIVITY = "https://www.w3.org/ns/activitystreams#"


def statements(tombstone: Tombstone) -> bytes:
    """https://www.w3.org/TR/activitystreams-vocabulary/#dfn-tombstone; the title only where it was public."""
    node = f"<{tombstone.uri}>"
    lines = [
        f"{node} <{TYPE}> <{ACTIVITY}Tombstone> .",
        f"{node} <{ACTIVITY}formerType> <{DCAT}Dataset> .",
        f"{node} <{ACTIVITY}deleted> {instant(tombstone.withdrawn_at)} .",
    ]
    if tombstone.title:
        lines.append(f"{node} <{DCT}title> {quoted(tombstone.title)} .")
    return "".join(f"{line}\n" for line in lines).encode()


def instant(at: datetime) -> str:
    return quoted(at.astimezone(UTC).isoformat().replace("+00:00", "Z"), datatype=XSD + "dateTime")
