"""The words people see for what was done with their record."""

from app.audit.events import Event
from app.audit.models import Purpose

LOOKS: dict[Event, str] = {
    Event.RECORD_VIEWED: "Opened your record",
    Event.RECORD_EXPLAINED: "Looked up how your record was counted",
    Event.PERSON_RECOGNISED: "Said whether your staff number was yours before",
    Event.MAJOR_PERSON_ATTACHED: "Added you to the list of a major incident",
    Event.MAJOR_PERSON_DETACHED: "Took you off the list of a major incident",
    Event.MAJOR_VIEWED: "Opened the list of a major incident you are or were on",
    Event.PROMPT_ANSWERED: "Recorded what came of a prompt about you",
    Event.CHECK_IN_MOVED: "Moved the day of your next check-in",
    Event.PROMPT_ARRANGED: "Planned a conversation with you, or asked somebody else to hold it",
    Event.TODAY_VIEWED: "Saw on their list for the day that you are waiting",
    Event.AWAY_NOTED: "Noted when you are away",
    Event.REFERRAL_MADE: "Asked a service to contact you, as you agreed",
    Event.REFERRAL_LISTED: "Saw your name in the list of a service you agreed to",
    Event.REFERRAL_VIEWED: "Opened your referral",
    Event.REFERRAL_CHANGED: "Recorded what was done with your referral",
    Event.SHARE_OPENED: "Opened what you shared with them",
    Event.PACK_DOWNLOADED: "Downloaded a pack about a team you are or were in",
    Event.TEAM_VIEWED: "Opened the table of a team you are or were in",
    Event.FORCE_NARROWED: "Asked for figures about you alone",
    Event.FORCE_LISTED: "Saw your name in the list behind a figure",
    Event.FORCE_OPENED: "Opened your record from the list behind a figure",
    Event.RECORD_DOWNLOADED: "Downloaded everything held about you: this can only be you",
    Event.RIGHT_LISTED: "Saw your name in the list of requests about personal data",
    Event.RIGHT_VIEWED: "Opened your request about your own data",
    Event.RIGHT_ANSWERED: "Answered your request about your own data",
}
"""Of each event that somebody is shown about themselves."""

PURPOSES: dict[Purpose, str] = {
    Purpose.PLANNING: "Planning support",
    Purpose.EQUITY: "Checking that support reaches people equally",
    Purpose.MAJOR: "After a major incident",
    Purpose.BOARD: "Preparing a board",
    Purpose.AUDIT: "Audit",
}
"""What figures about people may be asked for."""
