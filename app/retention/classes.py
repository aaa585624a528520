"""How long each kind of record is kept, from when that counts, and what becomes of it: data only.

``docs/data-protection.md`` says the same in words; a test holds that every table is in one class,
or is kept for a reason that is given here.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Bounds(NamedTuple):
    """Within how many months a force may set a period."""

    least: int
    most: int


class RetentionClass(NamedTuple):
    """Records that are kept for the same time, and why.

    ``tables`` may name a column as ``table.column``: then the table itself is in another class.
    Without ``bounds`` the period is fixed.
    """

    code: str
    name: str
    counts_from: str
    months: int
    how: str
    basis: str
    tables: tuple[str, ...]
    bounds: Bounds | None = None


CLASSES: Final = (
    RetentionClass(
        "incidents",
        "Incidents, who attended, and the prompts that followed",
        "the day of the incident",
        84,
        "Removed whole: attendance, people\u2019s own statements, counts and prompts go with it.",
        "B",
        (
            "incident",
            "attendance",
            "exposure",
            "exposure_statement",
            "month_tally",
            "exposure_day",
            "prompt",
            "prompt_person",
            "rule_spoke",
            "record_past",
            "major_incident",
            "major_person",
            "incident_hold",
        ),
        Bounds(36, 120),
    ),
    RetentionClass(
        "sign_in",
        "Signing in, for people who left",
        "the last day",
        0,
        "The account is closed the night after somebody\u2019s last day, and opened again if they "
        "did not leave after all.",
        "A",
        ("account.active",),
    ),
    RetentionClass(
        "accounts",
        "Closed accounts",
        "the day it was closed",
        12,
        "User name, password and address are removed, and that it was this person\u2019s. The name "
        "stays readable to those whose records they opened.",
        "A",
        ("account", "account_closing", "notification_choice", "service_practitioner"),
        Bounds(1, 36),
    ),
    RetentionClass(
        "leavers",
        "Names and references of people who left",
        "the last day",
        12,
        "Name, rank and references are removed and the person\u2019s keys are destroyed. A record "
        "without a name stays for as long as incidents refer to it.",
        "A",
        ("person", "person_number"),
        Bounds(6, 84),
    ),
    RetentionClass(
        "equality",
        "Protected characteristics",
        "the last day",
        0,
        "Removed the night after somebody\u2019s last day.",
        "D",
        ("characteristic",),
    ),
    RetentionClass(
        "conversations",
        "Supportive conversations and what was offered",
        "the day of the conversation",
        84,
        "Removed whole, once nobody who took part is on hold.",
        "C",
        ("debrief", "debrief_person", "debrief_prompt", "support_offer"),
        Bounds(24, 120),
    ),
    RetentionClass(
        "factors",
        "What made it harder, sealed",
        "the day of the conversation",
        24,
        "The sealed value is removed; the conversation stays.",
        "C",
        ("debrief_person.sealed_factors",),
        Bounds(1, 24),
    ),
    RetentionClass(
        "referrals",
        "Referrals",
        "the day it was closed, or else sent",
        84,
        "Removed with its steps, wishes and what was shared.",
        "C",
        ("referral", "referral_step", "referral_wish", "referral_share"),
        Bounds(24, 120),
    ),
    RetentionClass(
        "self_checks",
        "Self-checks of people who left",
        "the last day of service",
        1,
        "Removed. While somebody works here, they alone can delete them.",
        "C",
        ("self_check",),
        Bounds(0, 12),
    ),
    RetentionClass(
        "rights",
        "What people asked about their own data",
        "the day it ended",
        36,
        "Removed, with what was written.",
        "A",
        ("rights_request",),
        Bounds(12, 84),
    ),
    RetentionClass(
        "objections",
        "Objections to equality monitoring",
        "the day it was taken back",
        12,
        "Removed; one that stands is removed with the name.",
        "A",
        ("equality_objection",),
        Bounds(1, 36),
    ),
    RetentionClass(
        "postings",
        "Postings",
        "the last day of the posting",
        84,
        "Removed, unless an incident that is kept was counted in that team because of it.",
        "A",
        ("posting",),
        Bounds(36, 120),
    ),
    RetentionClass(
        "supervisions",
        "Who led or covered a team",
        "the last day of it",
        84,
        "Removed.",
        "A",
        ("supervision",),
        Bounds(36, 120),
    ),
    RetentionClass(
        "skills",
        "Skills of people who left",
        "the last day of service",
        12,
        "Removed, or with the name if that goes sooner.",
        "A",
        ("skill",),
        Bounds(0, 24),
    ),
    RetentionClass(
        "absences",
        "Sickness absence",
        "the last day of the spell",
        36,
        "Removed.",
        "C",
        ("absence_spell",),
        Bounds(12, 84),
    ),
    RetentionClass(
        "hours",
        "Contracted hours",
        "the month",
        36,
        "Removed.",
        "C",
        ("contracted_hours",),
        Bounds(12, 84),
    ),
    RetentionClass(
        "away",
        "Planned time away",
        "the last day of it",
        12,
        "Removed.",
        "A",
        ("away_spell",),
        Bounds(1, 36),
    ),
    RetentionClass(
        "practitioners",
        "That a practitioner asked to be asked how they are",
        "the day",
        24,
        "Removed.",
        "C",
        ("practitioner_care",),
        Bounds(1, 36),
    ),
    RetentionClass(
        "roles",
        "In which role somebody could see what",
        "the last day of the role",
        84,
        "Removed.",
        "A",
        ("role_grant",),
        Bounds(84, 120),
    ),
    RetentionClass(
        "audit",
        "Who read or changed what",
        "the day",
        84,
        "Removed from the oldest end; the last hash is kept, so that the rest still proves itself.",
        "A",
        ("audit_entry",),
        Bounds(84, 120),
    ),
    RetentionClass(
        "imports",
        "What became of each delivery of rows",
        "the day it came",
        24,
        "Removed, once no row of it is set aside any more.",
        "\u2013",
        ("import_run",),
        Bounds(3, 36),
    ),
    RetentionClass(
        "recounts",
        "Results of nightly recounts",
        "the day",
        24,
        "Removed.",
        "\u2013",
        ("recount",),
        Bounds(3, 36),
    ),
)
"""In the order in which they are worked through: what needs another class comes after it."""

BY_CODE: Final = {one.code: one for one in CLASSES}

OTHERWISE: Final[Mapping[str, str]] = {
    # Removed by jobs of their own, sooner than any of the above.
    "browser_session": "removed within the hour after it ran out",
    "sign_in_failure": "forgotten after an hour",
    "debrief_draft": "7 days at most",
    "debrief_draft_person": "as the draft",
    "support_draft": "1 day at most",
    "force_question": "until the end of the day",
    "stated_purpose": "as the log that refers to it",
    "check_draft": "7 days at most",
    "anonymous_question": "90 days after anybody last wrote",
    "anonymous_message": "as the question",
    "check_offer": "while it is offered",
    "erasure": "for good: random numbers of keys that are not to come back",
    "notification": "28 days after it no longer waits",
    "mail_outbox": "28 days",
    "team_pack": "7 or 35 days",
    "team_pack_file": "as the pack",
    "release_contributors": "while a published figure comes from it",
    "saved_view": "28 days; with a name until its author deletes it or their account is closed",
    "figures_seen": "7 days",
    "quarantined_row": "90 days",
    "feed_reply": "24 hours",
    # Nobody's data, and needed for as long as what they describe.
    "unit": "while the unit exists",
    "unit_ancestor": "while the unit exists",
    "prompting_start": "while the unit exists",
    "support_service": "while the service exists",
    "feed": "while the system sends",
    "feed_bookmark": "one row for each pull",
    "feed_token": "for good: which system could send what, and no token",
    "exposure_type": "for good: the number that a type has beside exposures of whole days",
    "framework_version": "for good: by which rules something was counted",
    "mapping_document": "for good: how rows that are kept were read",
    "rebuild_progress": "one row",
    "job_slot": "one row for each job",
    # How it is known what was removed.
    "disposal_line": "one row",
    "disposed_record": "for good: a hash, so that nothing that was removed comes back",
    "audit_anchor": "one row",
    "retention_period": "one row for each class that was changed",
    "retention_run": "for good: the evidence",
    "retention_count": "for good: the evidence",
    "legal_hold": "until the incident goes; who placed and lifted it is in the log",
}
"""Tables in no class, and how long they are kept instead."""
