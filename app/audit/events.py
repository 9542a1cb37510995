"""What an audit row says. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

COMMAND_LINE = "command-line"
"""The actor, where somebody at the command line is."""


class Action(StrEnum):
    """What was done; the value stands in the database and never changes its meaning."""

    DATASET_PUBLISHED = "dataset.published"
    DATASET_CHANGED = "dataset.changed"
    DATASET_HELD = "dataset.held"
    DATASET_WITHDRAWN = "dataset.withdrawn"
    DATA_REQUESTED = "data.requested"
    SOURCE_ADDED = "source.added"
    SOURCE_MAPPED = "source.mapped"
    SOURCE_PLANNED = "source.planned"
    HARVEST_WANTED = "harvest.wanted"
    HARVEST_CANCELLED = "harvest.cancelled"
    DELETION_CONFIRMED = "deletion.confirmed"
    DELETION_REJECTED = "deletion.rejected"
    DUPLICATES_APART = "duplicates.apart"
    RECORDS_RETRIED = "records.retried"
    ACCOUNT_CONFIRMED = "account.confirmed"
    ACCOUNT_RENAMED = "account.renamed"
    ACCOUNT_ERASED = "account.erased"
    PASSWORD_CHANGED = "account.password-changed"  # noqa: S105 (a word for an action)
    SECOND_FACTOR_SET = "account.second-factor-set"
    SECOND_FACTOR_REMOVED = "account.second-factor-removed"
    SECOND_FACTOR_RESET = "account.second-factor-reset"
    RECOVERY_CODE_USED = "account.recovery-code-used"
    RECOVERY_CODES_RENEWED = "account.recovery-codes-renewed"
    SIGN_IN_LINKED = "account.sign-in-linked"
    SIGN_IN_UNLINKED = "account.sign-in-unlinked"
    ROLES_GRANTED = "account.roles-granted"
    REAL_NAME_CLAIMED = "real-name.claimed"
    REAL_NAME_READ = "real-name.read"
    REAL_NAME_APPROVED = "real-name.approved"
    REAL_NAME_REFUSED = "real-name.refused"
    REAL_NAME_REVOKED = "real-name.revoked"
    REAL_NAME_WITHDRAWN = "real-name.withdrawn"
    REAL_NAMES_RESEALED = "real-name.resealed"
    ACCESS_TOKEN_MADE = "access-token.made"  # noqa: S105 (words for actions)
    ACCESS_TOKEN_REVOKED = "access-token.revoked"  # noqa: S105
    RATED = "dataset.rated"
    RATING_WITHDRAWN = "dataset.rating-withdrawn"
    FEEDBACK_GIVEN = "feedback.given"
    FEEDBACK_WITHDRAWN = "feedback.withdrawn"
    FEEDBACK_ERASED = "feedback.erased"
    FEEDBACK_REPORTED = "feedback.reported"
    FEEDBACK_HIDDEN = "feedback.hidden"
    FEEDBACK_SHOWN = "feedback.shown"
    REPORTS_DISMISSED = "feedback.reports-dismissed"
    CORRECTION_ACCEPTED = "correction.accepted"
    CORRECTION_REJECTED = "correction.rejected"
    CORRECTION_DONE = "correction.done"
    OPERATOR_LINK_MADE = "operator.link-made"
    OPERATOR_ENTERED = "operator.entered"
    OPERATOR_LEFT = "operator.left"
    OPERATOR_REVOKED = "operator.revoked"


@dataclass(frozen=True, slots=True)
class Event:
    """
    One thing that was done. `actor` names a part of the portal ("harvest") or an account's id, never a person's name
    or address; `subject` is what it was done to ("dataset/…"). `details` holds nothing personal either.
    """

    actor: str
    action: Action
    subject: str
    details: dict[str, object] = field(default_factory=dict)
