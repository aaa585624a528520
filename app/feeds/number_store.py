"""The numbers people go by, as rows tell of them."""

from collections.abc import Sequence
from typing import Any

from app.feeds import queries, resettling
from app.feeds.numbers import ensure_numbers
from app.feeds.people_named import PERSON, STAFF, RefersToPeople
from app.feeds.records import Missing, record_key
from app.feeds.rows import IdentifierRow
from app.people.models import PersonNumber


class NumberStore(RefersToPeople):
    """Numbers. One that nobody has is made, whether or not the row can be used."""

    noun = "number"
    model = PersonNumber
    held_columns = ("person_id", "number_id")

    def prepare(self, rows: Sequence[IdentifierRow]) -> None:
        """Look up the people and the numbers named."""
        super().prepare(rows)
        alone = queries.only_numbers(self.session, person_ids=self.people.values())
        self.people = {ref: id_ for ref, id_ in self.people.items() if id_ not in alone}
        self.entries, self.made = ensure_numbers(
            self.session, {(row.system, row.called) for row in rows if not row.bare}
        )
        self.touched: set[int] = set()
        self.concerned: set[int] = set()

    def missing(self, row: IdentifierRow) -> Missing | None:
        """The person, who must be one that HR told of."""
        return self.missing_person(row.person_ref, STAFF)

    def columns(self, row: IdentifierRow) -> dict[str, Any]:
        """Whose, which, from when to when."""
        return {
            "person_id": self.people[row.person_ref],
            "number_id": self.entries[row.system, row.called],
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
            "withdrawn": row.withdrawn,
        }

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:  # noqa: ARG002
        """The number it was, or is, about."""
        if columns:
            self.touched.add(columns["number_id"])
            self.concerned.add(columns["person_id"])

    def save(self) -> list[str]:
        """Write them; rows may have waited for a number."""
        arrived = super().save()
        return arrived + [record_key(PERSON, system, number) for system, number in self.made]

    def follow(self) -> None:
        """Settle again whose rows are that name these numbers."""
        if self.touched:
            self.take(resettling.settle(self.session, self.touched, self.now, self.concerned))
