"""`suishu account`: accounts that nobody signs up for, and what accounts may do."""

import secrets

import click

from app.accounts.model import Role
from app.audit.events import COMMAND_LINE
from app.cli.output import open_portal, say
from app.errors import Invalid

_SCOPE = "role:SCOPE limits it to a publisher's id or, an authority or operator, to a division (GB/T 2260)"


@click.group()
def account() -> None:
    """Accounts and what they may do (账号)."""


@account.command()
@click.argument("email")
@click.option("--name", required=True, help="What others may read, such as the office's name.")
@click.option("--role", "roles", multiple=True, help=f"{', '.join(Role)}; {_SCOPE}.")
def add(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Make a confirmed account and print its first password (新建账号)."""
    password = secrets.token_urlsafe(12)
    open_portal().accounts.add(email, password, name, [_role(said) for said in roles], by=COMMAND_LINE)
    click.echo(password)
    say("这是首次登录的密码，请尽快更改。", "This is the first password; have it changed soon.")


@account.command()
@click.argument("email")
@click.argument("roles", nargs=-1)
def roles(email: str, roles: tuple[str, ...]) -> None:
    """Give an account these roles and no others; it has to sign in again (设定角色)."""
    open_portal().accounts.grant(email, [_role(said) for said in roles], by=COMMAND_LINE)
    say("已设定。", "Done.")


@account.command()
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take a second factor away from whoever lost app and recovery codes; it has to sign in again (重置两步验证)."""
    open_portal().second_factor.reset(email, by=COMMAND_LINE)
    say("已重置，请先核实申请人身份再告知结果。", "Done. Make sure who asked before you tell.")


def _role(said: str) -> tuple[Role, str]:
    name, _, scope = said.partition(":")
    try:
        return Role(name), scope
    except ValueError:
        known = ", ".join(Role)
        raise Invalid(f"没有角色“{name}”，可用：{known}。", f'No role "{name}"; there are {known}.') from None


COMMANDS = (account,)
