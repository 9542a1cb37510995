"""`suishu real-name`: what a person at the command line may do with real names; it shows none."""

import click

from app.audit.events import COMMAND_LINE
from app.cli.output import open_portal, say


@click.group("real-name")
def real_name() -> None:
    """Real-named accounts (实名)."""


@real_name.command()
@click.argument("email")
@click.option("--reason", required=True, help="What the owner of the account is told, by mail.")
def revoke(email: str, reason: str) -> None:
    """Take back that an account is real-named, and delete its number and name (撤销实名)."""
    open_portal().real_name_desk.revoke(email, reason, by=COMMAND_LINE)
    say("已撤销，账号的主人会收到邮件。", "Revoked; the account's owner gets a letter.")


@real_name.command()
def reseal() -> None:
    """Seal everything anew with the first of SUISHU_IDENTITY_KEYS, so that the others can go (更换密钥)."""
    resealed, closed = open_portal().real_name_desk.reseal(by=COMMAND_LINE)
    say(f"已用第一个密钥重新加密 {resealed} 份。", f"{resealed} sealed with the first key.")
    if closed:
        say(
            f"有 {closed} 份没有密钥能解开，请勿移除旧密钥。",
            f"No key opens {closed} of them: take no key away before you have found the one that does.",
        )
        raise SystemExit(1)


COMMANDS = (real_name,)
