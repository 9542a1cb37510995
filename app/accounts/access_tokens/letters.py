"""What we write to people about their access tokens. Pure."""

from app.accounts.letters import Draft


def made(language: str, name: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数新建了访问令牌",
            f"您好：\n\n您的账号刚刚新建了访问令牌“{name}”，持有它的程序可以代您使用接口。"
            f"如果不是您本人所为，请立即在这里作废，并更改密码：\n\n{link}\n",
        )
    return Draft(
        "A new access token of your Suishu account",
        f'Hello,\n\nthe access token "{name}" of your account was made just now; a program that holds it can use the '
        f"API in your name. If it was not you, revoke it here at once and change your password:\n\n{link}\n",
    )
