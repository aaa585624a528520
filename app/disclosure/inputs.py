"""Where a release's people come from: the rows about them, counted by ``app.measures``."""

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol

from sqlmodel import Session

from app.common.clock import local_date
from app.incidents.queries import frameworks
from app.measures.frames import Frame, People
from app.measures.vocabulary import Measure, Period
from app.security.key_store import KeyStore


class Source(Protocol):
    """Counts people for a release. It acts for nobody: what it makes is never shown or kept."""

    def measures(self) -> Sequence[Measure]:
        """The closed list, in the order in which it is shown."""

    def people(self, period: Period, *, like: People | None) -> People:
        """Everybody of one period; with the lists of categories of another one, if given."""

    def frames(self, people: People) -> Sequence[Frame]:
        """Every measure that there is of the period."""


class Rows:
    """Counts from the tracker's rows, as they are at one moment."""

    def __init__(self, session: Session, keys: KeyStore, *, now: datetime) -> None:
        self.session, self.keys, self.now = session, keys, now
        # By name: the measures know nothing of releases, and a release needs them only when made.
        self._building: Any = import_module("app.measures.building")
        self._counting: Any = import_module("app.measures.counting")
        self._catalogue: Any = import_module("app.measures.catalogue")

    def measures(self) -> Sequence[Measure]:
        """The catalogue, in the words of the framework that is in force."""
        framework = frameworks(self.session).on(local_date(self.now))
        found: Sequence[Measure] = self._catalogue.measures(self._catalogue.Words.of(framework))
        return found

    def people(self, period: Period, *, like: People | None) -> People:
        """Everybody of one period."""
        found: People = self._building.people(self.session, period=period, now=self.now, like=like)
        return found

    def frames(self, people: People) -> Sequence[Frame]:
        """Every measure that there is of the period."""
        wanted = [one for one in self.measures() if people.period.kind in one.kinds]
        return list(self._counting.frames(self.session, self.keys, people=people, measures=wanted))
