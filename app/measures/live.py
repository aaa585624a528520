"""The wellbeing lens's questions, answered from rows, as they are now.

Everything is limited to the units over which the viewer's wellbeing role reaches; without one
there is nobody to ask about. Callers have recorded a purpose, and audit each list of names.
"""

from datetime import datetime

from sqlmodel import Session

from app.measures.asked import (
    Absence,
    Attrition,
    Behind,
    Choices,
    Exposure,
    Listed,
    Prompting,
    Question,
    ReferralLine,
    SupportGiven,
    UnitLine,
)
from app.people.models import UnitKind
from app.security.viewer import Viewer


def choices(viewer: Viewer, session: Session, *, now: datetime) -> Choices:
    """What the filters can be set to."""
    raise NotImplementedError


def matching(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> int:
    """How many people the filters leave."""
    raise NotImplementedError


def exposure(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Exposure:
    """Who was exposed, how often, to what and when."""
    raise NotImplementedError


def prompting(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Prompting:
    """What became of prompts."""
    raise NotImplementedError


def support(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> SupportGiven:
    """Conversations, and what came of the support that was talked about."""
    raise NotImplementedError


def referrals(
    viewer: Viewer, session: Session, question: Question, *, now: datetime
) -> tuple[ReferralLine, ...]:
    """Referrals agreed to in the period, by service, and how long people waited."""
    raise NotImplementedError


def absence(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Absence:
    """Psychological absence, as a share of contracted hours and in people."""
    raise NotImplementedError


def attrition(viewer: Viewer, session: Session, question: Question, *, now: datetime) -> Attrition:
    """Who left, with transfers to other forces and without."""
    raise NotImplementedError


def by_unit(
    viewer: Viewer, session: Session, question: Question, *, kind: UnitKind, now: datetime
) -> tuple[UnitLine, ...]:
    """One line for each unit of a kind within reach, by name; for a table and a map."""
    raise NotImplementedError


def people(
    viewer: Viewer,
    session: Session,
    question: Question,
    *,
    behind: Behind,
    page: str | None,
    now: datetime,
) -> Listed:
    """Named people behind a number, the most exposed first.

    Only after a purpose was recorded; the caller audits that each of them was listed. Nobody is
    named who is not within the viewer's reach today, and never the viewer.
    """
    raise NotImplementedError
