"""Everything that is held about somebody, section by section, and what is left out and why."""

from collections.abc import Iterator

from app.rights import (
    own_record,
    queries,
    sign_in_record,
    staff_record,
    support_record,
    work_record,
)
from app.rights.sections import Collector, Row, Section, Subject, collect
from app.rights.wording import DECISIONS, PARTS, RIGHTS, STATES


def _requests(subject: Subject) -> Iterator[Row]:
    for one in queries.own_requests(subject.viewer, subject.session, keys=subject.keys):
        yield (
            RIGHTS[one.kind],
            PARTS[one.part],
            one.words,
            one.received_at,
            one.due_on,
            STATES[one.state],
            DECISIONS[one.decision] if one.decision else None,
            one.reply,
            one.ended_at,
            one.decided_by,
        )


OWN_REQUESTS = Collector(
    "requests",
    "What you asked for about your own data",
    "So that it is answered in time. What you wrote is sealed with your own key.",
    (
        ("asked_for", "You asked for"),
        ("part", "About"),
        ("words", "You wrote"),
        ("received_at", "Received"),
        ("due_on", "Due by"),
        ("state", "How far it is"),
        ("decision", "Decision"),
        ("reply", "Answer"),
        ("ended_at", "Ended"),
        ("decided_by", "Decided by"),
    ),
    ("rights_request",),
    _requests,
)
COLLECTORS = (
    *staff_record.COLLECTORS,
    *work_record.COLLECTORS,
    *support_record.COLLECTORS,
    *own_record.COLLECTORS,
    *sign_in_record.COLLECTORS,
    OWN_REQUESTS,
)
LEFT_OUT: dict[str, str] = {
    "month_tally": "The incidents that count, counted by month: nothing that they do not say.",
    "debrief_prompt": "Which prompt a conversation answered: each of the two is in its section.",
    "legal_hold": "Whether any of your record is on hold, and why, is under How long your record "
    "is kept. It is said there as long as it holds.",
    "retention_period": "For how long the force keeps things. Who set it is under what they did.",
    "account_closing": "When an account was closed: while it is open there is none.",
    "rule_spoke": "That a rule has asked somebody to talk to you, once the incident it spoke about "
    "is gone. It says no more than that.",
    "force_question": "Filters you set for live figures today; they are gone tonight. Why you "
    "asked is under what you said figures were for.",
    "check_offer": "What the self-check offers. Who chose it is under what they did.",
    "anonymous_message": "Questions without a name: nobody knows whose they are, you included. "
    "Who answered one for a service is under what they did.",
    "framework_version": "Who drafted a version of the rules: that you did is under what you did.",
    "major_incident": "Who opened a list: that you did is under what you did.",
    "incident_hold": "About an incident and nobody in it. Who set it is under what you did.",
    "support_service": "What a service promised. Who set it is under what you did.",
    "team_pack": "Files about a team that you asked for in your role, gone within 35 days. Who "
    "downloaded one with your name in it is under who looked.",
    "saved_view": "What you asked of published figures in your role. You see the ones you keep on "
    "the page of published figures; the others go within 28 days.",
    "figures_seen": "How many published figures you looked at on a day, gone within 8 days. That "
    "they were very many is under what you did.",
    "quarantined_row": "Rows that could not be used yet. They are not known to be about anybody; "
    "ask the data protection officer to look for your staff number in them.",
    "unit": "The force\u2019s structure. Where you are in it is under your postings.",
}
"""Tables that name a person or an account and are in no section."""


def everything(subject: Subject) -> list[Section]:
    """Every section, also those of which nothing is held."""
    return collect(subject, COLLECTORS)


def from_hr(subject: Subject) -> list[Section]:
    """What the HR system sent, and planned time away."""
    return collect(subject, staff_record.COLLECTORS)
