"""
Use cases of moderators: what waits or was reported, hiding it with a reason, showing it again. Nobody moderates what
is said of data that the same account speaks for as publisher.
"""

from collections import defaultdict

from sqlalchemy import Select, select, update
from sqlalchemy.engine import Connection

from app.accounts.model import Account, Right
from app.audit.events import Action
from app.catalogue.tables import dataset
from app.clock import Clock
from app.db import Database, one_at_a_time
from app.errors import Forbidden, Invalid, NotFound
from app.feedback import letters, reading, words
from app.feedback.keeping import tell
from app.feedback.model import Case, Kind, Report, Standing
from app.feedback.tables import post, report
from app.feedback.writing import write_to_author, write_to_publisher

_REPORTED = select(report.c.id).where(report.c.post_id == post.c.id, report.c.outcome == "").correlate(post).exists()


class ModerationService:
    """`base_url` is where links in letters lead."""

    def __init__(self, database: Database, clock: Clock, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._base_url = base_url

    def queue(self, by: Account, *, limit: int = 100) -> list[Case]:
        """What waits to be shown or was reported, oldest first. Raises `Forbidden`."""
        query = reading.posts().where((post.c.standing == Standing.WAITING) | _REPORTED)
        return self._cases(by, query.order_by(post.c.id).limit(limit))

    def hidden(self, by: Account, *, limit: int = 50) -> list[Case]:
        """What is hidden now, newest first. Raises `Forbidden`."""
        query = reading.posts().where(post.c.standing == Standing.HIDDEN)
        return self._cases(by, query.order_by(post.c.id.desc()).limit(limit))

    def case(self, post_id: int, by: Account) -> Case:
        """One post, whatever its standing. Raises `Forbidden` and `NotFound`."""
        found = self._cases(by, reading.posts().where(post.c.id == post_id))
        if not found:
            raise NotFound("没有这条内容。", "There is no such post.")
        return found[0]

    def hide(self, post_id: int, reason: str, *, by: Account) -> None:
        """
        Takes a post out of sight and tells its author why; open reports end with it. Raises `Invalid` without a
        reason or for what is hidden or withdrawn, `Forbidden` and `NotFound`.
        """
        reason = words.checked(reason, words.MAX_REASON_CHARACTERS, "隐藏理由", "the reason")
        self._move(post_id, by, Standing.HIDDEN, reason)

    def show(self, post_id: int, *, by: Account) -> None:
        """Lets everybody read a post that waited or was hidden. Raises as `hide`."""
        self._move(post_id, by, Standing.SHOWN, "")

    def dismiss(self, post_id: int, *, by: Account) -> None:
        """Ends the reports of a post that stays as it is. Raises as `hide`."""
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")
            now = self._clock()
            row = self._row(connection, post_id, by)
            if self._end_reports(connection, post_id, "dismissed"):
                tell(connection, by.id, Action.REPORTS_DISMISSED, post_id, row.dataset_id, now)

    def _move(self, post_id: int, by: Account, standing: Standing, reason: str) -> None:
        is_hiding = standing is Standing.HIDDEN
        before = (Standing.SHOWN, Standing.WAITING) if is_hiding else (Standing.WAITING, Standing.HIDDEN)
        with self._database.write() as connection:
            one_at_a_time(connection, "catalogue")
            now = self._clock()
            row = self._row(connection, post_id, by)
            if row.standing not in before:
                raise Invalid(
                    "这条内容的状态已经改变，请刷新页面查看。", "This has changed meanwhile; load the page again."
                )
            shown_at = row.shown_at if is_hiding else row.shown_at or now
            values = {"standing": standing, "reason": reason, "shown_at": shown_at}
            connection.execute(update(post).where(post.c.id == post_id).values(values))
            self._end_reports(connection, post_id, "hidden" if is_hiding else "dismissed")
            if row.kind == Kind.CORRECTION and shown_at != row.shown_at:
                write_to_publisher(connection, post_id, self._base_url, now)
            action = Action.FEEDBACK_HIDDEN if is_hiding else Action.FEEDBACK_SHOWN
            tell(connection, by.id, action, post_id, row.dataset_id, now)
            mine = f"{self._base_url}/account/submissions"
            place = f"{self._base_url}/dataset/{row.dataset_id}/feedback"
            write_to_author(
                connection,
                row.account_id,
                lambda language: (
                    letters.hidden(language, reason, mine) if is_hiding else letters.shown(language, place)
                ),
                now,
            )

    def _row(self, connection: Connection, post_id: int, by: Account):  # type: ignore[no-untyped-def]
        _check(by)
        query = select(post, dataset.c.publisher_id).join(dataset, dataset.c.id == post.c.dataset_id)
        row = connection.execute(query.where(post.c.id == post_id)).first()
        if row is None:
            raise NotFound("没有这条内容。", "There is no such post.")
        if by.speaks_for(row.publisher_id):
            raise Forbidden(
                "不能处理对本单位数据的意见，请由其他人员审核。",
                "What is said of your own office's data is for somebody else to moderate.",
            )
        return row

    @staticmethod
    def _end_reports(connection: Connection, post_id: int, outcome: str) -> int:
        is_open = (report.c.post_id == post_id) & (report.c.outcome == "")
        return connection.execute(update(report).where(is_open).values(outcome=outcome)).rowcount

    def _cases(self, by: Account, query: Select) -> list[Case]:  # type: ignore[type-arg]
        _check(by)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            asked = select(report).where(report.c.post_id.in_([row.id for row in rows]), report.c.outcome == "")
            reports: dict[int, list[Report]] = defaultdict(list)
            for each in connection.execute(asked.order_by(report.c.id)) if rows else ():
                reports[each.post_id].append(Report(each.post_id, each.reason, each.at))
            return [Case(reading.said(row, whole=True), tuple(reports[row.id]), row.reason) for row in rows]


def _check(by: Account) -> None:
    if Right.MODERATE not in by.rights:
        raise Forbidden("这里只供平台管理机构审核内容。", "This is for the operator, who moderates.")
