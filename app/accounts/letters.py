"""What we write to people about their accounts, in the language they chose. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    subject: str
    body: str


def confirm(language: str, link: str, hours: int) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "请确认您在穗数的账号",
            f"您好：\n\n有人用这个邮箱在穗数注册了账号。如果是您本人，请在 {hours} 小时内打开下面的链接确认：\n\n"
            f"{link}\n\n"
            "如果不是您，请忽略本邮件；未经确认的账号会自动删除。\n",
        )
    return Draft(
        "Confirm your Suishu account",
        f"Hello,\n\nsomebody signed up at Suishu with this address. If it was you, open this link within {hours} hours:"
        f"\n\n{link}\n\nIf it was not, ignore this mail: an account that is not confirmed is deleted.\n",
    )


def known_already(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数已有账号",
            "您好：\n\n有人用这个邮箱在穗数注册。这个邮箱已有账号，因此没有新建。"
            f"如果是您忘了密码，请在这里重设：\n\n{link}\n\n如果不是您，无须处理。\n",
        )
    return Draft(
        "You already have a Suishu account",
        "Hello,\n\nsomebody signed up at Suishu with this address, which has an account already; nothing was changed. "
        f"If you forgot your password, set a new one here:\n\n{link}\n\nIf it was not you, there is nothing to do.\n",
    )


def reset(language: str, link: str, hours: int) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "重设穗数的密码",
            f"您好：\n\n请在 {hours} 小时内打开下面的链接设定新密码，链接只能使用一次：\n\n{link}\n\n"
            "如果不是您要求的，请忽略本邮件，原密码仍然有效。\n",
        )
    return Draft(
        "Set a new Suishu password",
        f"Hello,\n\nopen this link within {hours} hours to set a new password; it works once:\n\n{link}\n\n"
        "If you did not ask for it, ignore this mail: your password stays as it is.\n",
    )


def password_changed(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数的密码已更改",
            f"您好：\n\n您的密码刚刚更改，其他设备上的登录已全部退出。如果不是您本人所为，请立即重设：\n\n{link}\n",
        )
    return Draft(
        "Your Suishu password was changed",
        "Hello,\n\nyour password was changed just now, and every other device was signed out. If it was not you, set a "
        f"new one at once:\n\n{link}\n",
    )
