"""Noting planned time away, and ending it early."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from app.audit.events import Entry, Event
from app.audit.service import append
from app.people.models import AwayKind, AwaySpell, Person
from app.people.queries import led_by, touch_units
from app.security.viewer import Viewer

LONGEST = timedelta(days=366)
"""From the first to the last day: more than a year is a posting, and belongs to HR."""


class OverlapError(Exception):
    """Another spell of the same person covers one of these days. It carries that spell."""

    def __init__(self, spell: AwaySpell) -> None:
        self.spell = spell
        super().__init__()


@dataclass(frozen=True)
class Planned:
    """What is noted: first day, last day, and who stands in (``None``: nobody in particular)."""

    kind: AwayKind
    starts_on: date
    ends_on: date
    deputy_id: int | None = None


def note_away(
    session: Session,
    *,
    viewer: Viewer,
    person_id: int,
    unit_id: int | None,
    planned: Planned,
    now: datetime,
) -> AwaySpell:
    """Note that somebody will be away; ``unit_id`` is where they are posted. The caller has seen
    that the viewer may.

    Raises:
        OverlapError: they are away on one of these days already.
    """
    # Held, so that two people who note the same leave take turns.
    session.exec(select(Person.id).where(col(Person.id) == person_id).with_for_update()).one()
    other = session.exec(
        select(AwaySpell)
        .where(
            col(AwaySpell.person_id) == person_id,
            col(AwaySpell.starts_on) <= planned.ends_on,
            col(AwaySpell.ends_on) >= planned.starts_on,
        )
        .order_by(col(AwaySpell.starts_on))
    ).first()
    if other is not None:
        raise OverlapError(other)
    spell = AwaySpell(
        person_id=person_id,
        kind=planned.kind,
        starts_on=planned.starts_on,
        ends_on=planned.ends_on,
        deputy_id=planned.deputy_id,
        recorded_at=now,
        recorded_by_account_id=viewer.account_id,
    )
    session.add(spell)
    session.flush()
    _tell(session, viewer, spell, unit_id, ["kind", "starts_on", "ends_on", "deputy"], now)
    return spell


def end_away(
    session: Session,
    *,
    viewer: Viewer,
    spell: AwaySpell,
    unit_id: int | None,
    day: date,
    now: datetime,
) -> None:
    """They are back on ``day``: what was left of the spell is forgotten, with a deputy's reach."""
    if spell.starts_on >= day:
        session.delete(spell)
    else:
        spell.ends_on = min(spell.ends_on, day - timedelta(days=1))
        session.add(spell)
    session.flush()
    _tell(session, viewer, spell, unit_id, ["ends_on"], now)


def open_spell(session: Session, *, public_id: str, day: date) -> AwaySpell | None:
    """A spell that has not ended. The caller asks whether the viewer may see whose it is."""
    return session.exec(
        select(AwaySpell).where(
            col(AwaySpell.public_id) == public_id, col(AwaySpell.ends_on) >= day
        )
    ).first()


def _tell(
    session: Session,
    viewer: Viewer,
    spell: AwaySpell,
    unit_id: int | None,
    fields: list[str],
    now: datetime,
) -> None:
    """Tell live pages of the units concerned, and write down who noted what."""
    units = set(session.exec(led_by(spell.person_id, spell.starts_on)))
    touch_units(session, unit_ids=units | ({unit_id} if unit_id is not None else set()))
    entry = Entry(
        Event.AWAY_NOTED,
        now,
        actor_account_id=viewer.account_id,
        actor_role=viewer.role_names,
        subject_person_id=spell.person_id,
        unit_id=unit_id,
        details={"spell": spell.public_id, "fields": fields},
    )
    append(session, [entry])
