"""Records whose rows name a person, and wait for one who is not known yet."""

from collections.abc import Sequence
from typing import Any

from app.feeds import queries
from app.feeds.records import Missing, Store, record_key

PERSON = "person"
"""How a person is called in what a row waits for."""


class RefersToPeople(Store):
    """Rows that name a person."""

    def prepare(self, rows: Sequence[Any]) -> None:
        """Look up the people named."""
        self.people = queries.person_ids(
            self.session,
            system=self.source.person_system,
            refs={row.person_ref for row in rows if not row.bare},
        )

    def missing_person(self, ref: str) -> Missing | None:
        """The person, if they are not known yet."""
        if ref in self.people:
            return None
        key = record_key(PERSON, self.source.person_system, ref)
        reason = "This person is not known yet. The row is used when they arrive in a people file."
        return Missing(key, "person_ref", reason)
