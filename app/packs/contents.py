"""What there is to say about a team: read once, at one moment, as one viewer may see it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from app.common.clock import local_date, month_of, months_after
from app.debriefs import queries as debriefs
from app.debriefs import statistics
from app.debriefs.queries import Contact
from app.debriefs.statistics import SupportCounts
from app.debriefs.timing import Timeliness
from app.exposure import queries as exposure
from app.exposure.models import PromptState
from app.exposure.queries import MONTHS_SHOWN, WindowCounts
from app.incidents.queries import frameworks
from app.packs import queries
from app.packs.queries import TypeCounts
from app.people import queries as people
from app.people.queries import Member, UnitCard
from app.security.viewer import Viewer


@dataclass(frozen=True)
class Facts:
    """Everything a pack may say; what it does say depends on whom it is for."""

    unit: UnitCard
    first: date
    last: date
    now: datetime
    members: list[Member]
    windows: tuple[int, ...]
    counts: dict[int, WindowCounts]
    """By person; its months are those of ``months``."""
    types: TypeCounts
    in_period: dict[int, dict[str, int]]
    """By person and type."""
    type_names: dict[str, str]
    months: tuple[date, ...]
    waiting: dict[int, int]
    """Open prompts, by person."""
    contacts: dict[int, Contact]
    timeliness: Timeliness
    hours: int
    """The framework's time limit today."""
    support: SupportCounts


def gather(
    viewer: Viewer, session: Session, *, unit: UnitCard, first: date, last: date, now: datetime
) -> Facts:
    """Read it all, in a fixed number of statements, of the people posted to the team today."""
    day = local_date(now)
    members = people.members(viewer, session, unit_id=unit.id, day=day)
    numbers = [member.id for member in members]
    versions = frameworks(session)
    framework = versions.on(day)
    windows = framework.windows
    waiting = exposure.waiting(session, person_ids=numbers)
    return Facts(
        unit=unit,
        first=first,
        last=last,
        now=now,
        members=members,
        windows=windows,
        counts=exposure.window_counts(session, person_ids=numbers, windows=windows, day=day),
        types=queries.type_counts(session, person_ids=numbers, windows=windows, day=day),
        in_period=queries.period_counts(session, person_ids=numbers, first=first, last=last),
        type_names=versions.type_names(),
        months=tuple(months_after(month_of(day), -back) for back in reversed(range(MONTHS_SHOWN))),
        waiting={
            number: sum(prompt.state is PromptState.OPEN for prompt in waiting.get(number, ()))
            for number in numbers
        },
        contacts=debriefs.contacts(session, person_ids=numbers),
        timeliness=statistics.timeliness(
            session, person_ids=numbers, first=first, last=last, now=now
        ),
        hours=framework.debrief_hours,
        support=statistics.support_of_people(session, person_ids=numbers, first=first, last=last),
    )
