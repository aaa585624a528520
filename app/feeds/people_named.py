"""Records whose rows name a person, and wait for one who is not known yet."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.feeds import queries
from app.feeds.numbers import Numbers
from app.feeds.records import Missing, Store, record_key

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
