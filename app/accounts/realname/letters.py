"""What we write to people about their real name. Neither number nor name stands in a letter. Pure."""

from app.accounts.letters import Draft


def approved(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft("您在穗数的实名认证已通过", f"您好：\n\n您的实名认证申请已核验通过。可以在这里查看：\n\n{link}\n")
    return Draft(
        "Your real name at Suishu was verified",
        f"Hello,\n\nyour real name was verified. You can look at it here:\n\n{link}\n",
    )


def refused(language: str, link: str, reason: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数的实名认证未通过",
            f"您好：\n\n您的实名认证申请未通过核验。理由：\n\n{reason}\n\n"
            f"提交的号码和姓名已经删除。更正后可以重新申请：\n\n{link}\n",
        )
    return Draft(
        "Your real name at Suishu was not verified",
        f"Hello,\n\nyour real name was not verified, for this reason:\n\n{reason}\n\n"
        f"The number and the name that you gave are deleted. You may apply again here:\n\n{link}\n",
    )


def revoked(language: str, link: str, reason: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数的实名认证已撤销",
            f"您好：\n\n您的实名认证已被平台管理机构撤销。理由：\n\n{reason}\n\n"
            f"保存的号码和姓名已经删除。可以重新申请：\n\n{link}\n",
        )
    return Draft(
        "Your real name at Suishu was revoked",
        f"Hello,\n\nthe operator took back that your real name is verified, for this reason:\n\n{reason}\n\n"
        f"The number and the name that were kept are deleted. You may apply again here:\n\n{link}\n",
    )
