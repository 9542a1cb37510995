"""What we write to people about what they said, in the language they chose. Pure."""

from datetime import date

from app.accounts.letters import Draft
from app.accounts.model import Role
from app.feedback.model import Kind
from app.feedback.moves import DAYS, Step
from app.mail.words import without_links

_TITLE_CHARACTERS = 80


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


_KINDS = {
    Kind.COMMENT: ("评论", "comment"),
    Kind.CORRECTION: ("纠错", "correction"),
    Kind.USAGE: ("利用说明", "usage note"),
}
_OFFICES = {
    Role.PUBLISHER: ("开放主体", "publisher"),
    Role.AUTHORITY: ("主管部门", "authority"),
    Role.OPERATOR: ("平台管理机构", "operator"),
}


def replied(language: str, office: Role, kind: Kind, reply: str, link: str) -> Draft:
    (zh_kind, en_kind), (zh_office, en_office) = _KINDS[kind], _OFFICES[office]
    if language.startswith("zh"):
        return Draft(
            f"{zh_office}回复了您的{zh_kind}",
            f"您好：\n\n{zh_office}回复了您在穗数提交的一条{zh_kind}：\n\n{reply}\n\n请在这里查看：\n\n{link}\n",
        )
    return Draft(
        f"The {en_office} replied to your {en_kind}",
        f"Hello,\n\nthe {en_office} replied to a {en_kind} that you sent at Suishu:\n\n{reply}\n\nSee it here:"
        f"\n\n{link}\n",
    )


def correction_came(language: str, title: str, due_on: date, link: str) -> Draft:
    """To the office. What the correction says stands on its page alone."""
    title = without_links(title, _TITLE_CHARACTERS)
    if language.startswith("zh"):
        day = f"{due_on.year}年{due_on.month}月{due_on.day}日"
        named = f"数据集“{title}”" if title else "数据集"
        return Draft(
            f"收到一条纠错，处理期限为{day}",
            f"您好：\n\n有人对贵单位的{named}提交了一条纠错。请在 {DAYS} 个工作日内，"
            f"即不晚于{day}作出处理：\n\n{link}\n",
        )
    named = f" “{title}”" if title else ""
    return Draft(
        f"A correction came in; it is due on {due_on.isoformat()}",
        f"Hello,\n\nsomebody sent a correction of your dataset{named}. Decide it within {DAYS} working days, on "
        f"{due_on.isoformat()} at the latest:\n\n{link}\n",
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
