"""What may be done on the site, by which role. A permission reads ``subject:scope:action``."""

from enum import StrEnum


class Role(StrEnum):
    """The jobs people do with the tracker. There is no conduct, vetting or firearms role."""

    STAFF = "staff"
    SUPERVISOR = "supervisor"
    WELLBEING_PRACTITIONER = "wellbeing_practitioner"
    SUPPORT_PRACTITIONER = "support_practitioner"
    WELLBEING_LEAD = "wellbeing_lead"
    SENIOR_LEADER = "senior_leader"
    DEI_ANALYST = "dei_analyst"
    EVALUATOR = "evaluator"
    STAFF_NETWORK = "staff_network"
    COMMS_EDITOR = "comms_editor"
    COMMS_PUBLISHER = "comms_publisher"
    DATA_STEWARD = "data_steward"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    ADMINISTRATOR = "administrator"


ROLE_NAMES: dict[Role, str] = {
    Role.STAFF: "Member of staff",
    Role.SUPERVISOR: "Supervisor",
    Role.WELLBEING_PRACTITIONER: "Wellbeing practitioner",
    Role.SUPPORT_PRACTITIONER: "Support practitioner",
    Role.WELLBEING_LEAD: "Wellbeing lead",
    Role.SENIOR_LEADER: "Senior leader",
    Role.DEI_ANALYST: "Diversity, equality and inclusion analyst",
    Role.EVALUATOR: "Evaluator",
    Role.STAFF_NETWORK: "Staff network lead",
    Role.COMMS_EDITOR: "Communications editor",
    Role.COMMS_PUBLISHER: "Communications publisher",
    Role.DATA_STEWARD: "Data steward",
    Role.DATA_PROTECTION_OFFICER: "Data protection officer",
    Role.ADMINISTRATOR: "Administrator",
}


class Permission(StrEnum):
    """Each permission, in alphabetical order."""

    ACCOUNTS_ALL_READ = "accounts:all:read"
    """See who may sign in and which roles they hold."""

    CHECK_ALL_OFFER = "check:all:offer"
    """Say which optional questionnaires the self-check offers; never who does one."""

    CHECK_OWN_TAKE = "check:own:take"
    """Do a self-check, for oneself alone."""

    DEBRIEF_TEAM_RECORD = "debrief:team:record"
    """Record what came of a prompt for somebody in a team one supervises now."""

    FEEDS_ALL_MEND = "feeds:all:mend"
    """Put right rows that could not be used, or say that they are not needed, and agree how old a
    feed may get."""

    FEEDS_ALL_READ = "feeds:all:read"
    """See what arrived from force systems and what could not be used, and why."""

    FIGURES_ALL_READ = "figures:all:read"
    """See published figures, in which no small group can be found."""

    FORCE_SCOPE_EXPLORE = "force:scope:explore"
    """Ask about exposure, support and absence within one's scope, live, with a purpose that is
    recorded; never by a protected characteristic."""

    FRAMEWORK_ALL_ACTIVATE = "framework:all:activate"
    """Say from which day a version of the framework holds, and take back one that is to come."""

    FRAMEWORK_ALL_EDIT = "framework:all:edit"
    """Draft the next version of the framework, rehearse it, and see who made each version."""

    FRAMEWORK_ALL_READ = "framework:all:read"
    """Read the types, factors, windows and rules that hold, in words."""

    GUIDANCE_ALL_READ = "guidance:all:read"
    """Read guidance."""

    HOLD_SCOPE_LIFT = "hold:scope:lift"
    """See which incidents are under a post-incident procedure, among those that concern somebody in
    one's scope, and say that the procedure has ended."""

    MAJOR_SCOPE_MANAGE = "major:scope:manage"
    """Open a major incident, add people within one's scope to it, and see who was contacted."""

    PACK_TEAM_MAKE = "pack:team:make"
    """Have a pack made about a team one leads now, and download it."""

    RECORD_OWN_READ = "record:own:read"
    """See one's own exposures, prompts and conversations, and who looked at them."""

    RECORD_OWN_STATE = "record:own:state"
    """Say that one was, or was not, exposed to an incident."""

    RECORD_SCOPE_READ = "record:scope:read"
    """Open the record of a named person within one's scope; audited and visible to that person."""

    REFERRALS_OWN_WITHDRAW = "referrals:own:withdraw"
    """Take back a referral of one's own."""

    REFERRALS_SCOPE_OVERSEE = "referrals:scope:oversee"
    """Say who works for which service and within which limits, and see what is open or overdue."""

    REFERRALS_SERVICE_WORK = "referrals:service:work"
    """See the referrals to a service one works for, take them on and record what was done."""

    RELEASES_ALL_APPROVE = "releases:all:approve"
    """Publish figures that somebody else prepared, or refuse them."""

    RELEASES_ALL_PREPARE = "releases:all:prepare"
    """Have the next figures made and attacked, and put them up for another person to approve."""

    RETENTION_ALL_MANAGE = "retention:all:manage"
    """See what is kept for how long and what each night removed, set periods within their bounds,
    and put people or incidents, by their reference, on legal hold."""

    RIGHTS_ALL_ANSWER = "rights:all:answer"
    """See what people ask or complain of about their own data, and answer them; nothing else of
    anybody's record."""

    RIGHTS_OWN_USE = "rights:own:use"
    """Object, ask for one's own data to be put right, erased or left alone, and complain."""

    SUPPORT_OWN_ASK = "support:own:ask"
    """Ask for support, share something of one's own with whoever has the request, and ask a service
    a question without a name."""

    SUPPORT_SCOPE_READ = "support:scope:read"
    """See counts of conversations and support within one's scope, not made safe for publication."""

    TEAM_CURRENT_READ = "team:current:read"
    """See the table of a team one supervises now, or that lies within one's scope."""

    UNATTENDED_SCOPE_MANAGE = "unattended:scope:manage"
    """See what nobody is there to answer within one's scope, and close it for people who left."""

    WEIGHTS_SCOPE_READ = "weights:scope:read"
    """See the optional weighted sum beside somebody's counts. No role that supervises has it."""


EVERYONE: frozenset[Permission] = frozenset(
    {
        Permission.CHECK_OWN_TAKE,
        Permission.FRAMEWORK_ALL_READ,
        Permission.GUIDANCE_ALL_READ,
        Permission.RECORD_OWN_READ,
        Permission.RECORD_OWN_STATE,
        Permission.REFERRALS_OWN_WITHDRAW,
        Permission.SUPPORT_OWN_ASK,
        Permission.RIGHTS_OWN_USE,
    }
)

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STAFF: EVERYONE,
    Role.SUPERVISOR: EVERYONE
    | {
        Permission.DEBRIEF_TEAM_RECORD,
        Permission.HOLD_SCOPE_LIFT,
        Permission.PACK_TEAM_MAKE,
        Permission.RECORD_SCOPE_READ,
        Permission.TEAM_CURRENT_READ,
    },
    Role.WELLBEING_PRACTITIONER: EVERYONE
    | {
        Permission.RECORD_SCOPE_READ,
        Permission.REFERRALS_SERVICE_WORK,
        Permission.TEAM_CURRENT_READ,
        Permission.WEIGHTS_SCOPE_READ,
    },
    Role.SUPPORT_PRACTITIONER: EVERYONE | {Permission.REFERRALS_SERVICE_WORK},
    Role.WELLBEING_LEAD: EVERYONE
    | {
        Permission.CHECK_ALL_OFFER,
        Permission.FIGURES_ALL_READ,
        Permission.FORCE_SCOPE_EXPLORE,
        Permission.FRAMEWORK_ALL_ACTIVATE,
        Permission.FRAMEWORK_ALL_EDIT,
        Permission.HOLD_SCOPE_LIFT,
        Permission.MAJOR_SCOPE_MANAGE,
        Permission.RECORD_SCOPE_READ,
        Permission.REFERRALS_SCOPE_OVERSEE,
        Permission.SUPPORT_SCOPE_READ,
        Permission.TEAM_CURRENT_READ,
        Permission.UNATTENDED_SCOPE_MANAGE,
        Permission.WEIGHTS_SCOPE_READ,
    },
    Role.SENIOR_LEADER: EVERYONE | {Permission.FIGURES_ALL_READ},
    Role.DEI_ANALYST: EVERYONE | {Permission.FIGURES_ALL_READ},
    Role.EVALUATOR: EVERYONE | {Permission.FIGURES_ALL_READ},
    Role.STAFF_NETWORK: EVERYONE | {Permission.FIGURES_ALL_READ},
    Role.COMMS_EDITOR: EVERYONE,
    Role.COMMS_PUBLISHER: EVERYONE,
    Role.DATA_STEWARD: EVERYONE
    | {
        Permission.FEEDS_ALL_MEND,
        Permission.FEEDS_ALL_READ,
        Permission.FRAMEWORK_ALL_EDIT,
        Permission.RELEASES_ALL_APPROVE,
        Permission.RELEASES_ALL_PREPARE,
        Permission.RETENTION_ALL_MANAGE,
    },
    Role.DATA_PROTECTION_OFFICER: EVERYONE
    | {
        Permission.RELEASES_ALL_APPROVE,
        Permission.RETENTION_ALL_MANAGE,
        Permission.RIGHTS_ALL_ANSWER,
    },
    Role.ADMINISTRATOR: EVERYONE | {Permission.ACCOUNTS_ALL_READ},
}

INBOX_ROLES: frozenset[Role] = frozenset(
    role for role, held in ROLE_PERMISSIONS.items() if Permission.REFERRALS_SERVICE_WORK in held
)
"""Roles with which somebody who is named for a service can open its inbox."""
