"""What somebody said, as the file has it that holds everything kept of an account."""

from app.accounts.model import Account
from app.pages.portal import portal


def kept_of(who: Account) -> list[dict[str, object]]:
    """Everything that somebody said and is still kept, for a file."""
    found: list[dict[str, object]] = []
    for own in portal().feedback.of_account(who):
        said, correction = own.post, own.post.correction
        each: dict[str, object] = {
            "id": said.id,
            "dataset": said.dataset_id,
            "kind": said.kind,
            "office": said.office,
            "standing": said.standing,
            "at": said.at.isoformat(),
            "title": said.title,
            "body": said.body,
            "link": said.link,
            "reason_hidden": own.reason,
        }
        if correction is not None:
            wrong = correction.wrong
            each["correction"] = {
                "fault": wrong.fault,
                "item": wrong.item,
                "row": wrong.row,
                "expected": wrong.expected,
                "evidence": wrong.evidence,
                "state": correction.state,
                "due_on": correction.due_on.isoformat(),
                "answer": correction.answer,
            }
        found.append(each)
    return found
