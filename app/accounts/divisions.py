"""
Roles that are limited to a part of the city: a scope of six digits is an administrative division (GB/T 2260) and stands
for the publishers that were registered there. Characters 3 to 8 of a 统一社会信用代码 are the division of the authority
that gave it (GB 32100-2015).
"""

from collections.abc import Mapping, Set

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.accounts.model import Role
from app.catalogue.tables import publisher
from app.errors import Invalid
from vocab import codelists

LIMITED = frozenset({Role.AUTHORITY, Role.OPERATOR})
"""A publisher speaks for itself, and is named by its id."""


def is_division(scope: str) -> bool:
    """Also for one that was mistyped: no publisher's id is a number."""
    return scope.isdigit()


def require(role: Role, scope: str) -> None:
    """Raises `Invalid` for a division that is not in the list, and for a role that none limits."""
    if not is_division(scope):
        return
    if role not in LIMITED:
        raise Invalid(
            f"角色“{role}”不能限定到行政区划，请写开放主体的编号。",
            f'The role "{role}" is not limited to a division; give the id of a publisher.',
        )
    if codelists.scheme("district").get(scope) is None:
        raise Invalid(
            f"没有行政区划代码“{scope}”，请按 GB/T 2260 填写本市或其区的六位代码。",
            f'No division "{scope}" is known; give the six digits (GB/T 2260) of the city or of one of its districts.',
        )


def with_publishers(connection: Connection, scopes: Mapping[Role, Set[str]]) -> dict[Role, frozenset[str]]:
    """
    Each scope with the ids of the publishers that its divisions stand for. The codes stay in it: a scope with nothing
    in it is one without a limit, and a division may have no publisher yet.
    """
    divisions = {scope for role, given in scopes.items() if role in LIMITED for scope in given if is_division(scope)}
    codes: dict[str, str] = {}
    if divisions:
        within = or_(*(publisher.c.uscc.like(f"__{_common(each)}%") for each in sorted(divisions)))
        codes = {row.id: row.uscc for row in connection.execute(select(publisher.c.id, publisher.c.uscc).where(within))}
    found = {}
    for role, given in scopes.items():
        parts = tuple(_common(each) for each in given & divisions) if role in LIMITED else ()
        found[role] = frozenset(given) | {id_ for id_, code in codes.items() if code[2:].startswith(parts)}
    return found


def _common(division: str) -> str:
    """What all codes within it begin with: those of a whole province end in 0000, those of a whole city in 00."""
    return division.removesuffix("00").removesuffix("00")
