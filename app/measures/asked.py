"""What the figures of one period are worked out from, and what several of them are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import func
from sqlmodel import Session, col

from app.common.clock import local_date, start_of_day
from app.database import columns
from app.exposure.models import MonthTally
from app.measures.frames import People
from app.measures.places import Flags
from app.measures.staff import Staff, end_of, staff_of
from app.security.key_store import KeyStore

Pair = tuple[Flags, Flags]
"""Who is in the base, and who is counted."""
Found = Iterator[tuple[str, Pair]]
"""The code of each measure, with its pair."""


@dataclass(frozen=True)
class Asked:
    """A period's people, and the rows about them. ``keys``: for what is sealed."""

    session: Session
    keys: KeyStore
    people: People

    @cached_property
    def staff(self) -> Staff:
        """The people of the period, with their numbers."""
        period = self.people.period
        last = min(period.last, local_date(self.at))
        return staff_of(self.session, self.people.ids, first=period.first, last=last)

    @property
    def since(self) -> datetime:
        """When the period begins."""
        return start_of_day(self.people.period.first)

    @property
    def at(self) -> datetime:
        """When it is over, or the moment they are counted at while it is not."""
        return self.people.at or end_of(self.people.period.last)

    @cached_property
    def everybody(self) -> Flags:
        """All who were in the force."""
        return ~self.staff.nobody

    @cached_property
    def incidents(self) -> Mapping[str, Mapping[int, int]]:
        """Type code → person → how many incidents they were exposed to."""
        first, last = self.people.period.first, self.people.period.last
        statement = (
            columns(MonthTally.type_code, MonthTally.person_id, func.sum(MonthTally.count))
            .where(col(MonthTally.month).between(first, last))
            .group_by(col(MonthTally.type_code), col(MonthTally.person_id))
        )
        found: dict[str, dict[int, int]] = {}
        for code, person, count in self.session.connection().execute(statement):
            found.setdefault(code, {})[person] = int(count)
        return found

    @cached_property
    def exposed(self) -> Flags:
        """Who was exposed to any incident."""
        return self.staff.flags(person for counts in self.incidents.values() for person in counts)
