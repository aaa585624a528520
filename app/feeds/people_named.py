"""Records whose rows name a person, and wait for one who is not known yet."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from app.feeds import queries
from app.feeds.numbers import Numbers
from app.feeds.records import PLAIN, Missing, Outcome, Result, Store, record_key
from app.incidents import disposed

PERSON = "person"
"""How a person is called in what a row waits for."""
STAFF = "staff"
"""The same, where a number alone is not enough."""


class RefersToPeople(Store):
    """Rows that name a person."""

    def prepare(self, rows: Sequence[Any]) -> None:
        """Look up the people named."""
        self.people = queries.person_ids(
            self.session,
            system=self.source.person_system,
            refs={row.person_ref for row in rows if not row.bare},
        )
        self.numbers = Numbers(self.session, self.people.values())
        self.look_for_gone(row.person_ref for row in rows if not row.bare)

    def look_for_gone(self, refs: Iterable[str]) -> None:
        """Look up which of these references were those of people who are nobody any more."""
        self.gone_people = disposed.gone(
            self.session,
            PERSON,
            system=self.source.person_system,
            refs=set(refs) - self.people.keys(),
        )

    def named(self, row: Any) -> str:
        """The reference by which a row names its person."""
        ref: str = row.person_ref
        return ref

    def settle(self, row: Any) -> Result:
        """Leave alone what is about somebody whose name and references were removed."""
        if self.gone_people and not row.bare and self.named(row) in self.gone_people:
            return PLAIN[Outcome.IGNORED]
        return super().settle(row)

    def day_of(self, row: Any) -> date | None:
        """The day on which it matters whose the number was."""
        day: date = row.starts_on
        return day

    def who(self, row: Any) -> dict[str, int | None]:
        """Whom a row is about, and, if that is another, whom it names."""
        named = self.people[row.person_ref]
        whose = self.numbers.whose(named, self.day_of(row))
        return {"person_id": whose, "named_id": None if whose == named else named}

    def missing_person(self, ref: str, noun: str = PERSON) -> Missing | None:
        """The person, if they are not known yet."""
        if ref in self.people:
            return None
        key = record_key(noun, self.source.person_system, ref)
        reason = "This person is not known yet. The row is used when they arrive in a people file."
        return Missing(key, "person_ref", reason)
