"""What can be written in the audit log: a closed list, each event with its exact details."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Event(StrEnum):
    """What can happen, as ``subject:action``, and nothing else."""

    ACCOUNT_SIGNED_IN = "account:signed_in"
    ACCOUNT_SIGNED_OUT = "account:signed_out"
    ACCOUNT_REFUSED = "account:refused"
    ACCOUNT_EMAIL_CHANGED = "account:email_changed"
    ACCOUNT_CLOSED = "account:closed"
    ACCOUNT_OPENED = "account:opened"
    RETENTION_PERIOD_CHANGED = "retention:period_changed"
    LEGAL_HOLDS_VIEWED = "legal_hold:viewed"
    LEGAL_HOLD_PLACED = "legal_hold:placed"
    LEGAL_HOLD_REVIEWED = "legal_hold:reviewed"
    LEGAL_HOLD_LIFTED = "legal_hold:lifted"
    RELEASE_PREPARED = "release:prepared"
    RELEASE_APPROVED = "release:approved"
    RELEASE_REFUSED = "release:refused"
    CAREER_TAKEN = "career:taken"
    PROMPT_ANSWERED = "prompt:answered"
    CHECK_IN_MOVED = "check_in:moved"
    PROMPT_ARRANGED = "prompt:arranged"
    INCIDENT_HELD = "incident:held"
    INCIDENT_LIFTED = "incident:lifted"
    DRAFT_KEPT_FOR_SIGN_IN = "draft:kept_for_sign_in"
    RECORD_VIEWED = "record:viewed"
    RECORD_EXPLAINED = "record:explained"
    RECORD_CARRIED_OVER = "record:carried_over"
    PERSON_RECOGNISED = "person:recognised"
    STATEMENT_MADE = "statement:made"
    STATEMENT_TAKEN_BACK = "statement:taken_back"
    MAJOR_OPENED = "major:opened"
    MAJOR_VIEWED = "major:viewed"
    MAJOR_PERSON_ATTACHED = "major:person_attached"
    MAJOR_PERSON_DETACHED = "major:person_detached"
    REFERRAL_MADE = "referral:made"
    REFERRAL_LISTED = "referral:listed"
    REFERRAL_VIEWED = "referral:viewed"
    REFERRAL_CHANGED = "referral:changed"
    REFERRAL_WITHDRAWN = "referral:withdrawn"
    SHARE_MADE = "share:made"
    SHARE_OPENED = "share:opened"
    SHARE_WITHDRAWN = "share:withdrawn"
    QUESTION_READ = "question:read"
    QUESTION_ANSWERED = "question:answered"
    RECORD_DOWNLOADED = "record:downloaded"
    EQUALITY_OBJECTED = "equality:objected"
    EQUALITY_OBJECTION_ENDED = "equality:objection_ended"
    RIGHT_ASKED = "right:asked"
    RIGHT_TAKEN_BACK = "right:taken_back"
    RIGHT_LISTED = "right:listed"
    RIGHT_VIEWED = "right:viewed"
    RIGHT_ANSWERED = "right:answered"
    NOTICE_READ = "notice:read"
    SERVICE_CHANGED = "service:changed"
    PRACTITIONER_CHANGED = "practitioner:changed"
    PRACTITIONER_SPOKEN_TO = "practitioner:spoken_to"
    CHECK_OFFER_CHANGED = "check:offer_changed"
    TEAM_VIEWED = "team:viewed"
    TODAY_VIEWED = "today:viewed"
    AWAY_NOTED = "away:noted"
    PACK_MADE = "pack:made"
    PACK_DOWNLOADED = "pack:downloaded"
    FEED_IMPORTED = "feed:imported"
    FEED_LIMIT_AGREED = "feed:limit_agreed"
    FEED_ROWS_REPAIRED = "feed:rows_repaired"
    FEED_ROWS_NOT_NEEDED = "feed:rows_not_needed"
    FEED_KEY_MADE = "feed_key:made"
    FEED_KEY_ROTATED = "feed_key:rotated"
    FEED_KEY_REVOKED = "feed_key:revoked"
    ACCOUNTS_VIEWED = "accounts:viewed"
    FRAMEWORK_DRAFTED = "framework:drafted"
    FRAMEWORK_CHANGED = "framework:changed"
    FRAMEWORK_DISCARDED = "framework:discarded"
    FRAMEWORK_ACTIVATED = "framework:activated"
    FRAMEWORK_TAKEN_BACK = "framework:taken_back"
    KEYS_ROTATED = "keys:rotated"
    KEYS_RETIRED = "keys:retired"
    KEYS_SPLIT = "keys:split"
    KEYS_RECOVERED = "keys:recovered"


DETAILS: dict[Event, frozenset[str]] = {
    Event.ACCOUNT_SIGNED_IN: frozenset(),
    Event.ACCOUNT_SIGNED_OUT: frozenset(),
    Event.ACCOUNT_REFUSED: frozenset({"username_hash"}),
    Event.ACCOUNT_EMAIL_CHANGED: frozenset(),
    Event.ACCOUNT_CLOSED: frozenset({"account"}),
    Event.ACCOUNT_OPENED: frozenset({"account"}),
    Event.RETENTION_PERIOD_CHANGED: frozenset({"class", "before", "months", "reason"}),
    Event.LEGAL_HOLDS_VIEWED: frozenset(),
    Event.LEGAL_HOLD_PLACED: frozenset({"hold", "reason", "told"}),
    Event.LEGAL_HOLD_REVIEWED: frozenset({"hold"}),
    Event.LEGAL_HOLD_LIFTED: frozenset({"hold"}),
    Event.RELEASE_PREPARED: frozenset({"release", "inputs", "withstood"}),
    Event.RELEASE_APPROVED: frozenset({"release", "inputs"}),
    Event.RELEASE_REFUSED: frozenset({"release", "reason"}),
    Event.CAREER_TAKEN: frozenset({"parts", "format"}),
    Event.PROMPT_ANSWERED: frozenset({"prompt", "fields"}),
    Event.CHECK_IN_MOVED: frozenset({"conversation"}),
    Event.PROMPT_ARRANGED: frozenset({"prompt", "fields"}),
    Event.INCIDENT_HELD: frozenset({"incident"}),
    Event.INCIDENT_LIFTED: frozenset({"incident"}),
    Event.DRAFT_KEPT_FOR_SIGN_IN: frozenset(),
    Event.RECORD_VIEWED: frozenset({"page"}),
    Event.RECORD_EXPLAINED: frozenset({"operator", "reason"}),
    Event.RECORD_CARRIED_OVER: frozenset({"parts"}),
    Event.PERSON_RECOGNISED: frozenset({"same"}),
    Event.STATEMENT_MADE: frozenset({"statement", "kind"}),
    Event.STATEMENT_TAKEN_BACK: frozenset({"statement", "kind"}),
    Event.MAJOR_OPENED: frozenset({"major"}),
    Event.MAJOR_VIEWED: frozenset({"major"}),
    Event.MAJOR_PERSON_ATTACHED: frozenset({"major", "tier"}),
    Event.MAJOR_PERSON_DETACHED: frozenset({"major", "reason"}),
    Event.REFERRAL_MADE: frozenset({"referral", "service"}),
    Event.REFERRAL_LISTED: frozenset({"service"}),
    Event.REFERRAL_VIEWED: frozenset({"referral", "service"}),
    Event.REFERRAL_CHANGED: frozenset({"referral", "service", "change"}),
    Event.REFERRAL_WITHDRAWN: frozenset({"referral", "service"}),
    Event.SHARE_MADE: frozenset({"share", "service"}),
    Event.SHARE_OPENED: frozenset({"share", "service"}),
    Event.SHARE_WITHDRAWN: frozenset({"share", "service"}),
    Event.QUESTION_READ: frozenset({"question", "service"}),
    Event.QUESTION_ANSWERED: frozenset({"question", "service"}),
    Event.RECORD_DOWNLOADED: frozenset({"format"}),
    Event.EQUALITY_OBJECTED: frozenset(),
    Event.EQUALITY_OBJECTION_ENDED: frozenset(),
    Event.RIGHT_ASKED: frozenset({"request"}),
    Event.RIGHT_TAKEN_BACK: frozenset({"request"}),
    Event.RIGHT_LISTED: frozenset(),
    Event.RIGHT_VIEWED: frozenset({"request"}),
    Event.RIGHT_ANSWERED: frozenset({"request", "change"}),
    Event.NOTICE_READ: frozenset({"version"}),
    Event.SERVICE_CHANGED: frozenset({"service"}),
    Event.PRACTITIONER_CHANGED: frozenset({"service", "practitioner", "change"}),
    Event.PRACTITIONER_SPOKEN_TO: frozenset({"practitioner"}),
    Event.CHECK_OFFER_CHANGED: frozenset({"on"}),
    Event.TEAM_VIEWED: frozenset(),
    Event.TODAY_VIEWED: frozenset(),
    Event.AWAY_NOTED: frozenset({"spell", "fields"}),
    Event.PACK_MADE: frozenset({"pack", "version"}),
    Event.PACK_DOWNLOADED: frozenset({"pack", "version", "format"}),
    Event.FEED_IMPORTED: frozenset({"run", "kind"}),
    Event.FEED_LIMIT_AGREED: frozenset({"system", "kind", "hours"}),
    Event.FEED_ROWS_REPAIRED: frozenset({"run", "kind", "field", "rows"}),
    Event.FEED_ROWS_NOT_NEEDED: frozenset({"system", "kind", "field", "reason", "rows"}),
    Event.FEED_KEY_MADE: frozenset({"token"}),
    Event.FEED_KEY_ROTATED: frozenset({"token"}),
    Event.FEED_KEY_REVOKED: frozenset({"token"}),
    Event.ACCOUNTS_VIEWED: frozenset(),
    Event.FRAMEWORK_DRAFTED: frozenset({"version"}),
    Event.FRAMEWORK_CHANGED: frozenset({"version", "section"}),
    Event.FRAMEWORK_DISCARDED: frozenset({"version"}),
    Event.FRAMEWORK_ACTIVATED: frozenset({"version", "from"}),
    Event.FRAMEWORK_TAKEN_BACK: frozenset({"version"}),
    Event.KEYS_ROTATED: frozenset({"key"}),
    Event.KEYS_RETIRED: frozenset({"key"}),
    Event.KEYS_SPLIT: frozenset({"key", "custodians"}),
    Event.KEYS_RECOVERED: frozenset({"key", "custodians"}),
}
"""The details each event carries: names of fields, never the values in them."""


@dataclass(frozen=True)
class Entry:
    """Something to be written down."""

    event: Event
    at: datetime
    actor_account_id: int | None = None
    actor_role: str = ""
    subject_person_id: int | None = None
    unit_id: int | None = None
    details: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if set(self.details) != DETAILS[self.event]:
            message = f"{self.event} takes the details {sorted(DETAILS[self.event])}"
            raise ValueError(message)
