"""`suishu operator-link`: the way to the operator's pages."""

from datetime import timedelta

import click

from app.cli.output import answer_json, open_portal, say


@click.command("operator-link")
@click.option(
    "--minutes", type=click.IntRange(1, 24 * 60), default=15, show_default=True, help="How long the address opens."
)
@click.option("--revoke", is_flag=True, help="Instead: end every session, and every address that was not used.")
@click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")
def operator_link(minutes: int, revoke: bool, as_json: bool) -> None:
    """Print an address that opens the operator's pages, once (平台管理入口).

    Whoever opens it in time is the operator for eight hours, in that browser. Send it to nobody else.
    """
    portal = open_portal()
    if revoke:
        ended = portal.access.revoke()
        if as_json:
            answer_json({"sessions": ended.sessions, "links": ended.links})
        say(
            f"已结束 {ended.sessions} 个登录，作废 {ended.links} 个未使用的链接。",
            f"{ended.sessions} sessions ended, {ended.links} unused addresses revoked.",
        )
        return
    token = portal.access.make_link(timedelta(minutes=minutes))
    address = f"{portal.settings.base_url}/operator/enter?token={token}"
    if as_json:
        answer_json({"address": address, "minutes": minutes})
        return
    click.echo(address)
    say(
        f"{minutes} 分钟内有效，只能使用一次。门户地址取自 SUISHU_BASE_URL。",
        f"Opens once, within {minutes} minutes. Its beginning is SUISHU_BASE_URL.",
    )


COMMANDS = (operator_link,)
