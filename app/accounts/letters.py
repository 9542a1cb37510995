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


def password_changed(language: str, link: str, *, unlinked: bool = False) -> Draft:
    """`unlinked`: a sign-in elsewhere leads into the account no more."""
    if language.startswith("zh"):
        more = "统一身份认证的关联也已解除，需要时请登录后重新关联。" if unlinked else ""
        return Draft(
            "您在穗数的密码已更改",
            f"您好：\n\n您的密码刚刚更改，其他设备上的登录已全部退出。{more}如果不是您本人所为，请立即重设：\n\n{link}\n",
        )
    more = " It is no longer linked to a sign-in elsewhere; link it again if you wish." if unlinked else ""
    return Draft(
        "Your Suishu password was changed",
        f"Hello,\n\nyour password was changed just now, and every other device was signed out.{more} If it was not "
        f"you, set a new one at once:\n\n{link}\n",
    )


def second_factor_set(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数的账号已开启两步验证",
            "您好：\n\n您的账号刚刚开启了两步验证，今后登录还需要验证码。如果不是您本人所为，说明有人知道您的密码，"
            f"请立即重设密码，并联系平台管理机构：\n\n{link}\n",
        )
    return Draft(
        "Your Suishu account has a second factor",
        "Hello,\n\na second factor was set up for your account just now; signing in takes a code from here on. If it "
        "was not you, somebody knows your password: set a new one at once, and tell the portal's operator:"
        f"\n\n{link}\n",
    )


def second_factor_gone(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数的账号已关闭两步验证",
            f"您好：\n\n您账号的两步验证刚刚关闭，所有登录已退出。如果您不知情，请立即重设密码：\n\n{link}\n",
        )
    return Draft(
        "Your Suishu account has no second factor any more",
        "Hello,\n\nthe second factor of your account was removed just now, and every device was signed out. If you do "
        f"not know why, set a new password at once:\n\n{link}\n",
    )


def codes_guessed(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "有人在尝试登录您在穗数的账号",
            "您好：\n\n刚才有人输入了您的正确密码，但多次输错验证码，登录已暂停 15 分钟。如果不是您本人，"
            f"说明密码已经泄露，请立即重设：\n\n{link}\n",
        )
    return Draft(
        "Somebody tries to sign in to your Suishu account",
        "Hello,\n\nsomebody gave your password and then wrong codes several times; signing in waits for 15 minutes. If "
        f"it was not you, your password is known to others: set a new one at once:\n\n{link}\n",
    )


def sign_in_linked(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数的账号增加了一种登录方式",
            f"您好：\n\n您的账号刚刚关联了统一身份认证，今后也可以用它登录。如果不是您本人所为，请立即重设密码：\n\n{link}\n",
        )
    return Draft(
        "Your Suishu account can be entered another way",
        "Hello,\n\nyour account was linked to a sign-in elsewhere just now and can be entered by it. If it was not "
        f"you, set a new password at once:\n\n{link}\n",
    )
