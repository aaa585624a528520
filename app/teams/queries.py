"""What the supervisor's pages show, put together from the areas below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlmodel import Session

from app.debriefs import queries as debriefs
from app.debriefs.queries import Contact
from app.exposure import behind
from app.exposure import queries as exposure
from app.exposure.models import PromptState
from app.exposure.queries import WaitingPrompt, WindowCounts
from app.people import queries as people
from app.people.duty_queries import Gone, gone_today
from app.people.queries import Member, UnitCard
from app.security.viewer import Viewer


@dataclass(frozen=True)
class TeamRow:
    """One member of a team, as the table shows them."""

    member: Member
    counts: WindowCounts
    prompts: tuple[WaitingPrompt, ...]
    contact: Contact | None
    disputed: int = 0
    """Incidents the person says they were not exposed to."""
    gone: Gone | None = None
    """Why they are not here today, if they are not."""

    @cached_property
    def urgent(self) -> WaitingPrompt | None:
        """The waiting prompt that is due first; open ones before those put off."""
        return min(
            self.prompts,
            key=lambda item: (item.state is PromptState.DEFERRED, item.due_at),
            default=None,
        )


def team_rows(
    viewer: Viewer,
    session: Session,
    *,
    unit: UnitCard,
    windows: Sequence[int],
    day: date,
    only: int | None = None,
) -> list[TeamRow]:
    """The members of a team a viewer may see, by family name.

    A fixed number of statements, however many members. ``only``: one member's row.
    """
    found = people.members(viewer, session, unit_id=unit.id, day=day)
    if only is not None:
        found = [member for member in found if member.id == only]
    numbers = [member.id for member in found]
    counts = exposure.window_counts(session, person_ids=numbers, windows=windows, day=day)
    waiting = exposure.waiting(session, person_ids=numbers)
    contacts = debriefs.contacts(session, person_ids=numbers)
    disputed = behind.disputed_counts(session, person_ids=numbers)
    gone = gone_today(session, person_ids=numbers, day=day)
    return [
        TeamRow(
            member,
            counts[member.id],
            tuple(waiting.get(member.id, ())),
            contacts.get(member.id),
            disputed.get(member.id, 0),
            gone.get(member.id),
        )
        for member in found
    ]


@dataclass(frozen=True)
class TeamCard:
    """A team on the home page: how many people are waiting, and the first to be due."""

    unit: UnitCard
    waiting: int
    first: WaitingPrompt | None


def led_teams(viewer: Viewer, session: Session, *, day: date) -> list[TeamCard]:
    """The teams a viewer leads today and what waits in each, in a fixed number of statements."""
    led = [unit for unit in people.units_in_reach(viewer, session, day=day) if unit.leads]
    if not led:
        return []
    team_of = people.member_units(viewer, session, unit_ids=[unit.id for unit in led], day=day)
    waits: dict[int, list[WaitingPrompt]] = {unit.id: [] for unit in led}
    for person_id, prompts in exposure.waiting(session, person_ids=list(team_of)).items():
        waits[team_of[person_id]] += [
            prompt for prompt in prompts if prompt.state is PromptState.OPEN
        ]
    return [
        TeamCard(
            unit,
            len({prompt.person_id for prompt in waits[unit.id]}),
            min(waits[unit.id], key=lambda prompt: prompt.due_at, default=None),
        )
        for unit in led
    ]
