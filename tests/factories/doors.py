"""Ways into accounts over one database, and the app on somebody's telephone."""

import pyotp

from app.accounts.entrance import Entrance
from app.accounts.identities import IdentityService
from app.accounts.model import Half, Role, Session
from app.accounts.second_factor import SecondFactorService
from app.accounts.service import AccountService
from app.accounts.totp import Codes
from app.db import Database
from tests.contract.test_accounts import KEY, PASSWORD, House

STAFF = "office@example.org"


class Doors(House):
    def __init__(self, database: Database, *, staff_needs_second_factor: bool = True) -> None:
        super().__init__(database)
        entrance = Entrance(Codes(lambda: KEY, "Suishu"), staff_needs_second_factor=staff_needs_second_factor)
        base = "https://data.example"
        self.accounts = AccountService(database, self.clock, lambda: KEY, base, entrance)
        self.second_factor = SecondFactorService(database, self.clock, entrance, self.accounts, base)
        self.identities = IdentityService(database, self.clock, entrance, self.accounts, base)

    def staff(self, role: Role = Role.AUTHORITY) -> None:
        self.accounts.add(STAFF, PASSWORD, "Office", [(role, "")], by="test")

    def half(self, email: str = STAFF) -> str:
        found = self.accounts.sign_in(email, PASSWORD, address="a")
        assert isinstance(found, Half)
        return found.secret

    def session(self, email: str) -> str:
        found = self.accounts.sign_in(email, PASSWORD, address="a")
        assert isinstance(found, Session)
        return found.secret

    def code(self, secret: str, *, steps: int = 0) -> str:
        return pyotp.TOTP(secret).at(self.clock.now, counter_offset=steps)

    def set_up(self, half: str) -> tuple[str, str, list[str]]:
        """The secret in the app, the session that begins, the recovery codes."""
        setup = self.second_factor.setup(half)
        assert setup is not None
        entered = self.second_factor.enter(half, self.code(setup.secret), address="a")
        return setup.secret, entered.session.secret, entered.codes
