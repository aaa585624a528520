"""The prompts the engine opened, gathered into what one conversation would answer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from app.common.clock import local_date
from app.demo.chance import Chance
from app.demo.incidents import Record, World
from app.demo.people import Everyone, Human
from app.exposure.models import Prompt, PromptKind, PromptPerson

TOGETHER = timedelta(hours=48)
"""What opened this close together for one person is answered in one conversation."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt of one person."""

    id: int
    public_id: str
    prompt_id: int
    person_id: int
    kind: PromptKind
    incident_id: int
    opened_at: datetime


@dataclass(slots=True, eq=False)
class Bundle:
    """Prompts of one person that one conversation answers, the first being the reason for it."""

    human: Human
    items: list[Asked]
    unit_id: int | None
    story: bool

    @property
    def ready_at(self) -> datetime:
        """When the last of them opened."""
        return max(item.opened_at for item in self.items)

    @property
    def after_incident(self) -> bool:
        """Whether any of them is about an incident of the kind that always asks."""
        return any(item.kind is PromptKind.INCIDENT for item in self.items)


def renumber(session: Session, chance: Chance) -> list[Asked]:
    """Give the prompts identifiers that are the same in every build; returns them all, in order."""
    statement = (
        select(PromptPerson, Prompt)
        .join(Prompt, col(Prompt.id) == col(PromptPerson.prompt_id))
        .order_by(col(Prompt.opened_at), col(Prompt.natural_key), col(PromptPerson.person_id))
    )
    found = [
        Asked(
            id=row.id or 0,
            public_id=chance.public_id(),
            prompt_id=row.prompt_id,
            person_id=row.person_id,
            kind=prompt.kind,
            incident_id=prompt.incident_id,
            opened_at=prompt.opened_at,
        )
        for row, prompt in session.exec(statement)
    ]
    _rename(session, PromptPerson, {item.id: item.public_id for item in found})
    _rename(session, Prompt, {item.prompt_id: chance.public_id() for item in found})
    # What was read above has the old identifiers.
    session.expire_all()
    return found


def _rename(
    session: Session, table: type[Prompt] | type[PromptPerson], names: dict[int, str]
) -> None:
    if names:
        session.connection().execute(
            update(table)
            .where(col(table.id) == bindparam("number"))
            .values(public_id=bindparam("name")),
            [{"number": number, "name": name} for number, name in names.items()],
        )


def bundles(
    asked: Iterable[Asked], world: World, everyone: Everyone, record: Record
) -> list[Bundle]:
    """Each person's prompts in order of time, those that opened close together put together."""
    humans = {human.id: human for human in everyone}
    of_person: dict[int, list[Asked]] = defaultdict(list)
    for item in asked:
        of_person[item.person_id].append(item)
    made: list[Bundle] = []
    for person_id, items in of_person.items():
        for group in _close_together(items):
            day = local_date(group[-1].opened_at)
            unit = world.careers.unit_on(person_id, day)
            story = any(item.incident_id in record.story for item in group)
            made.append(Bundle(humans[person_id], group, unit, story))
    made.sort(key=lambda bundle: (bundle.ready_at, bundle.human.id))
    return made


def _close_together(items: Sequence[Asked]) -> list[list[Asked]]:
    groups: list[list[Asked]] = []
    for item in items:
        if groups and item.opened_at - groups[-1][0].opened_at <= TOGETHER:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups
