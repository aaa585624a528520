"""What each role can see and can never see, in the words of the guided tour.

Kept beside the roles so that a change to one is seen to need a change to the other; a test holds
that every role is described.
"""

from typing import NamedTuple

from app.security.permissions import ROLE_NAMES, Role


class RoleTour(NamedTuple):
    """One row of the tour."""

    name: str
    can: tuple[str, ...]
    cannot: tuple[str, ...]


NOT_NAMED = "Open the record of any other person"
NO_COUNTS = "See counts about teams or the force"
NO_SMALL_COUNTS = "See counts small enough to point to somebody"
NO_TEAM = "See a team's table"
PUBLISHED = "See published figures about large groups, in which nobody can be found"

PROMISES: tuple[str, ...] = (
    "Nobody but you sees your self-check, or whether you did one.",
    "Nothing here is used for conduct, vetting, promotion, performance or firearms decisions.",
    "What weighed on somebody is sealed with that person's own key.",
    "Whenever somebody opens your record, you can see who it was, when, and in which role.",
    "When you move team, your old supervisor's view of you ends at that moment.",
    "The tracker counts and reminds. It never scores you, and it decides nothing about you.",
)
"""What holds for every role."""

_DESCRIBED: dict[Role, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Role.STAFF: (
        (
            "See their own record: incidents, prompts, conversations and the support that followed",
            "See who opened their record, when and why",
            "Ask for support themselves: no supervisor is told, and they choose what to share",
            "Take back a referral they agreed to, at any time",
            "Download everything held about them, ask for it to be put right, object, and complain",
            "Say that they were, or were not, part of an incident",
            "Do a self-check that nobody else can see, and keep it or not",
            "Read all guidance, and the framework: which incidents count and what prompts",
        ),
        (NOT_NAMED, NO_TEAM, NO_COUNTS),
    ),
    Role.SUPERVISOR: (
        (
            "See the table of each team they supervise today: who, what, when and why",
            "Open the record of somebody in that team (that person can see they did)",
            "Record what came of a conversation",
            "Have a pack made about such a team, and download it (its members can see they did)",
        ),
        (
            "See a self-check or its answers",
            "See what weighed on somebody, once it is sealed",
            "See more of a referral than how far it has got, or how it ended",
            "See anybody who has left their team, or was never in it",
            NO_COUNTS,
        ),
    ),
    Role.WELLBEING_PRACTITIONER: (
        (
            "See who agreed to be contacted by a service they work for, and record what was done",
            "See team tables in the part of the force they look after",
            "Open the record of somebody there (that person can see they did)",
        ),
        (
            "See self-check answers that were not shared with them",
            "Record a conversation in a supervisor's place",
            "See the inbox of a service they do not work for, or what a colleague has taken on",
            "See anything outside their part of the force",
        ),
    ),
    Role.SUPPORT_PRACTITIONER: (
        (
            "See who asked a service they work for to be contacted, and record what was done",
            "Open what somebody chose to share with them (that person can see they did)",
            "Answer questions that come without a name",
        ),
        (
            NOT_NAMED,
            NO_TEAM,
            NO_COUNTS,
            "See self-check answers that were not shared with them",
            "See the inbox of a service they do not work for, or what a colleague has taken on",
        ),
    ),
    Role.WELLBEING_LEAD: (
        (
            "See conversations and support counted for the force or their part of it",
            "See team tables, and open somebody's record (that person can see they did)",
            "Say who works for which service, and see which referrals are overdue",
            "Put people on the list of a major incident, and see who was reached",
            "Draft the next version of the framework, and say from which day it holds",
        ),
        (
            "See self-check answers that were not shared with them",
            "Record a conversation in a supervisor's place",
        ),
    ),
    Role.SENIOR_LEADER: (
        (PUBLISHED, "See their own record", "Read all guidance"),
        (NOT_NAMED, NO_TEAM, NO_SMALL_COUNTS),
    ),
    Role.DEI_ANALYST: (
        (PUBLISHED, "See their own record", "Read all guidance"),
        (
            NOT_NAMED,
            NO_TEAM,
            "Link a protected characteristic to a named person",
        ),
    ),
    Role.EVALUATOR: (
        (PUBLISHED, "See their own record", "Read all guidance"),
        (NOT_NAMED, NO_TEAM, "Compare named people or teams in a league table"),
    ),
    Role.STAFF_NETWORK: (
        (PUBLISHED, "See their own record", "Read all guidance"),
        (NOT_NAMED, NO_TEAM, NO_SMALL_COUNTS),
    ),
    Role.COMMS_EDITOR: (
        ("See their own record", "Read all guidance"),
        (NOT_NAMED, NO_TEAM, NO_COUNTS),
    ),
    Role.COMMS_PUBLISHER: (
        ("See their own record", "Read all guidance"),
        (NOT_NAMED, NO_TEAM, NO_COUNTS),
    ),
    Role.DATA_STEWARD: (
        (
            "See what arrived from force systems",
            "See which rows could not be used, why, and what would put them right",
            "Put such rows right, or say that they are not needed: never whom a row is about",
            "See how complete staff records are, in counts too large to point to anybody",
            "Agree with each force system how often it sends rows",
            "Say for how long each kind of record is kept, within bounds, and see what was removed",
            "Put a staff number or an incident on legal hold (people see it, unless a law forbids)",
            "Draft the next version of the framework, and rehearse it on the past year, in counts",
        ),
        (
            NOT_NAMED,
            NO_TEAM,
            "See counts about teams or the force, but for complete records and rehearsed rules",
            "Make a version of the framework hold",
        ),
    ),
    Role.DATA_PROTECTION_OFFICER: (
        (
            "See what people ask or complain of about their own data, by when an answer is due",
            "Answer them, with a reason (each of them can see who opened their request)",
        ),
        (
            NOT_NAMED,
            NO_TEAM,
            NO_COUNTS,
            "See anything of somebody's record but what they wrote to the officer themselves",
            "Answer a request of their own",
        ),
    ),
    Role.ADMINISTRATOR: (
        ("See who may sign in, with which roles and how far they reach",),
        (
            NOT_NAMED,
            NO_TEAM,
            NO_COUNTS,
            "Read anything sealed with a person's key",
        ),
    ),
}

TOUR: tuple[RoleTour, ...] = tuple(
    RoleTour(ROLE_NAMES[role], can, cannot) for role, (can, cannot) in _DESCRIBED.items()
)
