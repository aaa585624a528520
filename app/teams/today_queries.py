"""What the Today page shows: all one person is asked about, by incident, the first due first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from app.common.clock import local_date
from app.debriefs import queries as debriefs
from app.debriefs.queries import Contact
from app.exposure import asking
from app.exposure import queries as exposure
from app.exposure.asking import Found, Waiting
from app.exposure.models import PromptKind, PromptState
from app.exposure.queries import WaitingPrompt, WindowCounts
from app.people.duty_queries import Away, Who, away_today, led_units, spells_of
from app.security.viewer import Viewer

SOON = timedelta(hours=24)
OWN_WINDOWS = (28, 91)
"""Days for which the viewer is shown their own counts."""


class Standing(StrEnum):
    """How a prompt comes to be on somebody's page."""

    OWN = "own"
    COVER = "cover"
    """Nobody who leads or covers the person's unit is here."""
    PASSED = "passed"
    HANDED = "handed"
    WATCHED = "watched"


@dataclass(frozen=True)
class Row:
    """One person in one prompt."""

    waiting: Waiting
    standing: Standing
    contact: Contact | None
    away: bool
    away_until: date | None
    helpers: tuple[tuple[int, Who], ...]
    """Whom the viewer may hand it to: person, and who they are."""

    @property
    def found(self) -> Found:
        """The prompt itself."""
        return self.waiting.found

    def planned(self, day: date) -> bool:
        """Whether a day is planned that is not past."""
        return self.found.planned_on is not None and self.found.planned_on >= day


@dataclass(frozen=True)
class Group:
    """One incident and the people in it; a prompt that adds incidents up is one of its own."""

    type_code: str
    cumulative: bool
    occurred_at: datetime
    area: str
    rows: tuple[Row, ...]

    @property
    def due_at(self) -> datetime:
        """When the first of them is due."""
        return min(row.found.due_at for row in self.rows)


@dataclass(frozen=True)
class Counts:
    """How many prompts there are of each kind. ``soon`` and ``overdue`` are open ones."""

    open: int
    soon: int
    overdue: int
    planned: int
    put_off: int


@dataclass(frozen=True)
class Today:
    """Everything on the page but the viewer themselves."""

    to_do: tuple[Group, ...]
    put_off: tuple[Group, ...]
    with_others: tuple[Group, ...]
    """Handed to somebody else, who can still answer it."""
    counts: Counts
    units: int
    """In how many units the people are: names of units are shown when there are several."""

    def rows(self) -> list[Row]:
        """Every row, in the order of the page."""
        groups = (*self.to_do, *self.put_off, *self.with_others)
        return [row for group in groups for row in group.rows]


def today(viewer: Viewer, session: Session, *, now: datetime) -> Today:
    """What a viewer is asked about; a fixed number of statements, however much waits."""
    rows = _rows(viewer, session, asking.waiting_for(viewer, session, now=now), now)
    return together(rows, now)


def unattended(viewer: Viewer, session: Session, *, now: datetime) -> list[Row]:
    """What a wellbeing lead is shown because nobody else answers it, the first due first."""
    return _rows(viewer, session, asking.without_supervisor(viewer, session, now=now), now)


def one_row(viewer: Viewer, session: Session, *, public_id: str, now: datetime) -> Row | None:
    """One prompt as the page shows it; nothing once it no longer waits for the viewer."""
    found = asking.one_prompt(viewer, session, public_id=public_id, now=now)
    return _rows(viewer, session, [found], now)[0] if found else None


def _rows(viewer: Viewer, session: Session, waiting: Sequence[Waiting], now: datetime) -> list[Row]:
    people = sorted({one.found.person_id for one in waiting})
    led = led_units(viewer, session, day=local_date(now))
    contacts = debriefs.contacts(session, person_ids=people)
    away = away_today(session, person_ids=people, day=local_date(now))
    return [
        Row(
            one,
            _standing(viewer, one, led),
            contacts.get(one.found.person_id),
            one.found.person_id in away,
            away.get(one.found.person_id),
            tuple(who for who in one.helpers if who[0] != viewer.person_id),
        )
        for one in waiting
    ]


def _standing(viewer: Viewer, one: Waiting, led: Sequence[int]) -> Standing:
    me = viewer.person_id
    if me in one.turn.watching:
        return Standing.WATCHED
    if me in one.turn.asked:
        if one.turn.handed:
            return Standing.HANDED
        return Standing.OWN if one.found.unit_id in led else Standing.COVER
    return Standing.PASSED


def together(rows: Iterable[Row], now: datetime) -> Today:
    """Rows sorted into the parts of the page."""
    mine = [row for row in rows if row.standing is not Standing.WATCHED]
    others = [row for row in rows if row.standing is Standing.WATCHED]
    opened = [row for row in mine if row.found.state is PromptState.OPEN]
    put_off = [row for row in mine if row.found.state is PromptState.DEFERRED]
    day = local_date(now)
    return Today(
        grouped(opened),
        grouped(put_off),
        grouped(others),
        Counts(
            open=len(opened),
            soon=sum(now <= row.found.due_at <= now + SOON for row in opened),
            overdue=sum(row.found.due_at < now for row in opened),
            planned=sum(row.planned(day) for row in opened),
            put_off=len(put_off),
        ),
        len({row.found.unit_id for row in mine + others}),
    )


def grouped(rows: Iterable[Row]) -> tuple[Group, ...]:
    """Rows by incident, the group with the least time left first."""
    found: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        alone = row.found.kind is PromptKind.CUMULATIVE
        key = (row.found.incident_id, row.found.public_id if alone else "")
        found.setdefault(key, []).append(row)
    groups = [
        Group(
            one[0].found.type_code,
            one[0].found.kind is PromptKind.CUMULATIVE,
            one[0].found.occurred_at,
            one[0].found.area,
            tuple(one),
        )
        for one in found.values()
    ]
    return tuple(sorted(groups, key=lambda group: group.due_at))


@dataclass(frozen=True)
class You:
    """The viewer's own side of it: what they were exposed to, and whether somebody is to ask how
    they are."""

    counts: WindowCounts
    prompts: tuple[WaitingPrompt, ...]
    away: tuple[Away, ...]


def you(viewer: Viewer, session: Session, *, now: datetime) -> You | None:
    """The viewer's own counts; nothing for an account that is nobody in the HR feed."""
    if viewer.person_id is None:
        return None
    me, day = [viewer.person_id], local_date(now)
    counts = exposure.window_counts(session, person_ids=me, windows=OWN_WINDOWS, day=day)
    waiting = exposure.waiting(session, person_ids=me).get(viewer.person_id, [])
    return You(
        counts[viewer.person_id],
        tuple(one for one in waiting if one.state is PromptState.OPEN),
        tuple(spells_of(session, person_ids=me, day=day)),
    )
