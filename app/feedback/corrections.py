"""
Use cases of corrections (Art. 29: errors and omissions in open data): sending one and deciding it.
"""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import insert, update
from sqlalchemy.engine import Connection

from app.accounts.model import Account, Right
from app.clock import Clock
from app.db import Database, beside_others, one_at_a_time
from app.errors import Forbidden, Invalid
from app.feedback import letters, reading, words
from app.feedback.keeping import Draft, Kept, keep, may_comment, refuse_own, tell
from app.feedback.model import Kind, Standing, State, Wrong
from app.feedback.moves import DAYS, MOVES, Step
from app.feedback.tables import correction
from app.feedback.writing import write_to_author, write_to_publisher

_DECIDED_AT = {Step.ACCEPT: "decided_at", Step.REJECT: "decided_at", Step.FINISH: "done_at"}
Term = Callable[[datetime, int], date]


class CorrectionService:
    """`term` counts working days; `base_url` is where links in letters lead."""

    def __init__(self, database: Database, clock: Clock, term: Term, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._term = term
        self._base_url = base_url

    def send(self, dataset_id: str, body: str, wrong: Wrong, link: str = "", *, by: Account) -> Kept:
        """
        Keeps what is wrong with a dataset, a data item or a row of it; raises as `FeedbackService.comment`, and
        `Invalid` for a link that is no web address.
        """
        may_comment(by)
        body = words.checked(body, words.MAX_BODY_CHARACTERS, "错误或遗漏的情况", "what is wrong")
        link = words.web_address(link)
        kept = {
            "item": _part(wrong.item, words.MAX_ITEM_CHARACTERS, "数据项", "the data item"),
            "row": _part(wrong.row, words.MAX_PART_CHARACTERS, "数据行", "the row"),
            "expected": _part(wrong.expected, words.MAX_PART_CHARACTERS, "正确内容", "what would be right"),
            "evidence": _part(wrong.evidence, words.MAX_PART_CHARACTERS, "佐证材料", "the evidence"),
        }
        draft = Draft(dataset_id, Kind.CORRECTION, body, link=link, same=(dataset_id, wrong.fault, *kept.values()))
        with self._database.write() as connection:
            beside_others(connection, "catalogue", f"said {by.id}")
            now = self._clock()
            refuse_own(by, reading.publisher_of(connection, dataset_id))
            made = keep(connection, draft, by, now)
            if made.is_new:
                row = {**kept, "fault": wrong.fault, "state": State.RECEIVED, "due_on": self._term(now, DAYS)}
                connection.execute(insert(correction).values(post_id=made.id, **row))
                if made.standing is Standing.SHOWN:  # else once a moderator has shown it
                    write_to_publisher(connection, made.id, self._base_url, now)
        return made

    def decide(self, post_id: int, step: Step, answer: str, *, by: Account) -> None:
        """
        Moves a correction on. Raises `Forbidden` for whoever is neither the publisher of the data nor the authority,
        `NotFound` for what is not shown, `Invalid` where it can't move so (now) or the words for it are missing.
        """
        move = MOVES[step]
        answer = words.checked(answer, words.MAX_PART_CHARACTERS, "处理意见", "the answer") if move.needs_answer else ""
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")
            now = self._clock()
            row = reading.shown(connection, post_id)
            if by.role_for(Right.DECIDE_CORRECTIONS, reading.publisher_of(connection, row.dataset_id)) is None:
                raise Forbidden(
                    "只有该数据的开放主体和主管部门可以处理纠错。",
                    "The publisher of this data and the authority decide corrections.",
                )
            values = {"state": move.after, _DECIDED_AT[step]: now, **({"answer": answer} if answer else {})}
            fits = (correction.c.post_id == post_id) & (correction.c.state == move.before)
            if not connection.execute(update(correction).where(fits).values(values)).rowcount:
                raise Invalid(
                    "这条纠错已经处理过，请刷新页面查看。", "This correction was decided already; load the page again."
                )
            tell(connection, by.id, move.action, post_id, row.dataset_id, now)
            link = f"{self._base_url}/dataset/{row.dataset_id}/feedback?kind={Kind.CORRECTION}#post-{post_id}"
            self._write(connection, row.account_id, step, answer, link, now)

    def may_decide(self, dataset_id: str, by: Account) -> bool:
        with self._database.read() as connection:
            return by.role_for(Right.DECIDE_CORRECTIONS, reading.publisher_of(connection, dataset_id)) is not None

    def _write(
        self, connection: Connection, account_id: str | None, step: Step, answer: str, link: str, now: datetime
    ) -> None:
        write_to_author(connection, account_id, lambda language: letters.decided(language, step, answer, link), now)


def _part(text: str, most: int, zh: str, en: str) -> str:
    return words.checked(text, most, zh, en, needed=False)
