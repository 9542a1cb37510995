"""What we write to people about what they said, in the language they chose. Pure."""

from app.accounts.letters import Draft
from app.feedback.moves import Step


def hidden(language: str, reason: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数发布的内容已被隐藏",
            f"您好：\n\n您在穗数发布的一条内容已被平台管理机构隐藏，理由是：\n\n{reason}\n\n"
            f"您可以在“我的提交”中查看：\n\n{link}\n",
        )
    return Draft(
        "Something you said at Suishu was hidden",
        f"Hello,\n\nthe operator hid something that you said at Suishu, for this reason:\n\n{reason}\n\n"
        f"You can see it under your submissions:\n\n{link}\n",
    )


def shown(language: str, link: str) -> Draft:
    if language.startswith("zh"):
        return Draft(
            "您在穗数提交的内容已经公开",
            f"您好：\n\n您在穗数提交的一条内容经平台管理机构审核，已经公开：\n\n{link}\n",
        )
    return Draft(
        "Something you said at Suishu is public now",
        f"Hello,\n\nthe operator looked at something that you said at Suishu, and it is public now:\n\n{link}\n",
    )


_DECIDED = {
    Step.ACCEPT: ("已被采纳", "was accepted"),
    Step.REJECT: ("未被采纳", "was not accepted"),
    Step.FINISH: ("已处理完毕", "has been carried out"),
}


def decided(language: str, step: Step, answer: str, link: str) -> Draft:
    zh, en = _DECIDED[step]
    if language.startswith("zh"):
        words = f"答复如下：\n\n{answer}\n\n" if answer else ""
        return Draft(f"您提交的纠错{zh}", f"您好：\n\n您在穗数提交的一条纠错{zh}。{words}详情请见：\n\n{link}\n")
    words = f" The answer is:\n\n{answer}\n\n" if answer else " "
    return Draft(
        f"Your correction {en}", f"Hello,\n\na correction that you sent at Suishu {en}.{words}See:\n\n{link}\n"
    )
