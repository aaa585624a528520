"""The privacy notice: which version holds, and who may see what, from the permissions themselves.

Everybody is shown it once before their first page, and again when ``VERSION`` goes up. It is not a
consent: nothing changes with it but the note that it was read.
"""

from typing import NamedTuple

from app.security.permissions import EVERYONE, ROLE_NAMES, ROLE_PERMISSIONS, Permission, Role

VERSION = 2
"""Goes up when what the notice says changes for people, not when a word is put better."""

NOBODYS = ""
"""It lets see nothing about anybody."""
MEANS: dict[Permission, str] = {
    Permission.ACCOUNTS_ALL_READ: "who may sign in, and in which role",
    Permission.CHECK_ALL_OFFER: "which questionnaires the self-check offers; never an answer",
    Permission.CHECK_OWN_TAKE: "their own self-check, which nobody else can open",
    Permission.DEBRIEF_TEAM_RECORD: "the form in which they record what came of a talk with you",
    Permission.FEEDS_ALL_MEND: "rows from force systems that could not be used, to put them right",
    Permission.FEEDS_ALL_READ: "what force systems sent, by staff number, and counts of it",
    Permission.FIGURES_ALL_READ: "published figures about large groups, rounded, in which nobody "
    "can be found",
    Permission.FORCE_SCOPE_EXPLORE: "counts of incidents, talks, support and absence in their part "
    "of the force, for a reason they write down, and names behind them; you see that they looked",
    Permission.FRAMEWORK_ALL_ACTIVATE: NOBODYS,
    Permission.FRAMEWORK_ALL_EDIT: NOBODYS,
    Permission.FRAMEWORK_ALL_READ: "the rules: which incidents count, and what follows",
    Permission.GUIDANCE_ALL_READ: "guidance and help",
    Permission.HOLD_SCOPE_LIFT: "which incidents are under a formal procedure, with no names",
    Permission.MAJOR_SCOPE_MANAGE: "that you are on the list of a major incident, and whether "
    "somebody has talked to you",
    Permission.PACK_TEAM_MAKE: "files about the team they lead, with your name and what the team "
    "page says",
    Permission.RECORD_OWN_READ: "their own record, and who looked at it",
    Permission.RECORD_OWN_STATE: "their own record, to add to it or dispute it",
    Permission.RECORD_SCOPE_READ: "your record, without what you ticked as making it harder, as "
    "long as you are in their part of the force; you see that they looked",
    Permission.REFERRALS_OWN_WITHDRAW: "their own referrals, to take them back",
    Permission.REFERRALS_SCOPE_OVERSEE: "that a referral of yours is late with its service",
    Permission.REFERRALS_SERVICE_WORK: "your referral, if you agreed to one or asked yourself, to "
    "the service they work for, and what you choose to share with them",
    Permission.RELEASES_ALL_APPROVE: "figures that wait to be published, already made safe",
    Permission.RELEASES_ALL_PREPARE: "figures that wait to be published, already made safe",
    Permission.RETENTION_ALL_MANAGE: "how long things are kept, and what is kept longer for a "
    "legal reason, by its reference",
    Permission.RIGHTS_ALL_ANSWER: "what you ask or complain of about your own data",
    Permission.RIGHTS_OWN_USE: "what they themselves asked for about their own data",
    Permission.SUPPORT_OWN_ASK: "their own requests for support",
    Permission.SUPPORT_SCOPE_READ: "counts of talks and support, with no names",
    Permission.TEAM_CURRENT_READ: "your line in your team\u2019s table: what you were exposed to, "
    "why a talk is suggested, and until when you are away",
    Permission.UNATTENDED_SCOPE_MANAGE: "that you wait for a talk and nobody is there to ask",
    Permission.WEIGHTS_SCOPE_READ: "a weighted sum of your incidents",
}
"""What whoever holds a permission gets to see, as the person it is about would say it."""


class RoleSees(NamedTuple):
    """What one role sees of others, besides what everybody may do."""

    name: str
    sees: tuple[str, ...]


def _besides(role: Role) -> frozenset[Permission]:
    """What a role may do that not everybody may."""
    return ROLE_PERMISSIONS[role] - EVERYONE


def roles() -> list[RoleSees]:
    """Every role, in the order in which roles are listed; a member of staff sees their own data
    alone."""
    return [
        RoleSees(
            ROLE_NAMES[role],
            tuple(MEANS[one] for one in Permission if one in _besides(role) and MEANS[one]),
        )
        for role in Role
        if role is not Role.STAFF
    ]
