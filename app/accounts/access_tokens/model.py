"""Access tokens as other rooms see them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.accounts.model import Account

PREFIX = "suishu_"
"""What programs that look for leaked secrets know a token by; 43 characters of URL-safe base64 follow."""


class Scope(StrEnum):
    """What a token lets a program do, of what its owner may do; the value stands in the database and in requests."""

    READ_ACCOUNT = "read:account"
    READ_RATINGS = "read:ratings"
    WRITE_RATINGS = "write:ratings"


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`hint` is the token's end, by which its owner tells it from others. `used_at` is right to ten minutes."""

    id: str
    name: str
    hint: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Granted:
    """Whose token a request carried, and what it lets it do."""

    account: Account
    token: AccessToken

    @property
    def scopes(self) -> frozenset[str]:
        return self.token.scopes
