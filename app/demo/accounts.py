"""The demo accounts: who can be signed in as, and what each of them shows. Data only."""

from dataclasses import dataclass

from app.security.permissions import Role

DEMO_PASSWORD = "walk the north moor"  # noqa: S105 - printed on the demo's sign-in page


@dataclass(frozen=True)
class DemoAccount:
    """One account listed on the sign-in page of a demo, with a sentence on what it shows."""

    role: Role
    username: str
    name: str
    sees: str
    password: str = DEMO_PASSWORD


NOT_READ_YET = frozenset({"newcomer@demo"})
"""Who has not been shown the privacy notice yet."""
DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount(
        Role.SUPERVISOR,
        "supervisor@demo",
        "Nadia Holroyd",
        "A response sergeant: her team's table, with prompts that are new, nearly due and overdue.",
    ),
    DemoAccount(
        Role.STAFF,
        "staff@demo",
        "Callum Ferriby",
        "A constable on that team: his own record, who has looked at it, and his self-checks.",
    ),
    DemoAccount(
        Role.SUPERVISOR,
        "deputy@demo",
        "Owen Adebayo",
        "The deputy who covers for that sergeant: the same table, while he is her deputy.",
    ),
    DemoAccount(
        Role.SUPERVISOR,
        "supervisor2@demo",
        "Ruth Penhallow",
        "A control room team leader: people who hear or see distressing things without going.",
    ),
    DemoAccount(
        Role.WELLBEING_PRACTITIONER,
        "practitioner@demo",
        "Sunita Marlowe",
        "A wellbeing practitioner and peer supporter: any team or person in one district, and "
        "those referred to peer support. Each look is recorded.",
    ),
    DemoAccount(
        Role.WELLBEING_PRACTITIONER,
        "trim@demo",
        "Marcus Attwell",
        "A detective who is a TRiM practitioner too: who agreed to be contacted, and what is late.",
    ),
    DemoAccount(
        Role.WELLBEING_PRACTITIONER,
        "oh@demo",
        "Priya Castellan",
        "An occupational health nurse: the same for another service, which sees nothing of TRiM's.",
    ),
    DemoAccount(
        Role.SUPPORT_PRACTITIONER,
        "listener@demo",
        "Rhiannon Oakes",
        "A facilities manager who listens to colleagues and speaks for a staff network: who asked "
        "to be contacted, and nobody's record but her own.",
    ),
    DemoAccount(
        Role.WELLBEING_LEAD,
        "lead@demo",
        "Gareth Winterbourne",
        "The force's wellbeing lead: every team, what support followed, and which service is late.",
    ),
    DemoAccount(
        Role.SENIOR_LEADER,
        "leader@demo",
        "Imogen Fairclough",
        "A chief superintendent: published figures, and nobody's record but her own.",
    ),
    DemoAccount(
        Role.DEI_ANALYST,
        "dei@demo",
        "Kwame Lister",
        "A diversity, equality and inclusion analyst: published figures, and "
        "nobody's record but his own.",
    ),
    DemoAccount(
        Role.EVALUATOR,
        "evaluator@demo",
        "Hannah Oyelaran",
        "An outside evaluator with no record in the force: published figures and guidance.",
    ),
    DemoAccount(
        Role.STAFF_NETWORK,
        "network@demo",
        "Amara Whitcombe",
        "A detective who chairs a staff network: published figures, and her own record.",
    ),
    DemoAccount(
        Role.COMMS_EDITOR,
        "editor@demo",
        "Bethan Quayle",
        "A communications editor: guidance, and her own record.",
    ),
    DemoAccount(
        Role.COMMS_PUBLISHER,
        "publisher@demo",
        "Dominic Sarsfield",
        "A communications publisher: guidance, and his own record.",
    ),
    DemoAccount(
        Role.DATA_STEWARD,
        "steward@demo",
        "Farah Willoughby",
        "A data steward: what arrived from force systems, and what could not be used and why.",
    ),
    DemoAccount(
        Role.DATA_PROTECTION_OFFICER,
        "dpo@demo",
        "Miriam Thackeray",
        "The data protection officer: what people ask or complain of about their own data.",
    ),
    DemoAccount(
        Role.STAFF,
        "newcomer@demo",
        "Tess Arkwright",
        "A call handler who signs in for the first time: the privacy notice comes first.",
    ),
    DemoAccount(
        Role.ADMINISTRATOR,
        "admin@demo",
        "Leo Ashdown",
        "An administrator: who may sign in and with which roles; nobody's record.",
    ),
)
