"""However the rows of a history arrive, the force's record ends up the same.

A history is a heap of rows about a few people, postings, leavers, incidents and attendances: new
ones, duplicates, late ones, corrections, withdrawals, contradictions and rows that no mapping can
use. It is dealt out into files at random and loaded. Beside it stands what the history comes down
to, worked out here without the code under test, loaded cleanly once and recounted from nothing.
"""

import csv
import os
import sqlite3
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import StaticPool, create_engine, event
from sqlmodel import Session, select

from app.common.clock import LONDON
from app.database import _begin_sqlite, reading, transaction
from app.exposure import service as exposure
from app.exposure.models import WAITING, Exposure, MonthTally, Prompt, PromptingStart, PromptPerson
from app.feeds.cells import Context
from app.feeds.fields import BadValueError
from app.feeds.mapping import parse_mapping
from app.feeds.models import FeedKind, QuarantinedRow, RunState
from app.feeds.parsing import RowReader
from app.feeds.reader import Table
from app.feeds.service import load_file
from app.feeds.specification import (
    ABSENCES,
    HOURS,
    IDENTIFIERS,
    SKILLS,
    SUPERVISORS,
    UNITS,
)
from app.incidents.models import Attendance, Incident
from app.incidents.service import install_shipped_framework
from app.people.models import (
    AbsenceSpell,
    Characteristic,
    ContractedHours,
    Person,
    Posting,
    Skill,
    Supervision,
    Unit,
    UnitAncestor,
    UnitKind,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
STARTS = date(2026, 10, 20)
HISTORIES = int(os.environ.get("HISTORIES", "150"))
"""How many are tried in each run; each takes about a fifth of a second. ``HISTORIES=1000`` tries
more than ``make test`` has time for."""

MAPPINGS = {
    FeedKind.PEOPLE: {
        "columns": {
            name: name
            for name in ("ref", "family_name", "staff_type", "rank", "joined_on", "sex", "version")
        },
        "codes": {"staff_type": {"PC": "officer", "S": "staff"}},
    },
    FeedKind.POSTINGS: {
        "columns": {
            name: name
            for name in (
                "ref",
                "person_ref",
                "unit_ref",
                "unit_name",
                "kind",
                "starts_on",
                "ends_on",
                "withdrawn",
                "version",
            )
        },
    },
    FeedKind.LEAVERS: {
        "columns": {
            name: name for name in ("person_ref", "left_on", "reason", "withdrawn", "version")
        },
    },
    FeedKind.INCIDENTS: {
        "system": "cad",
        "columns": {
            name: name
            for name in (
                "ref",
                "occurred_at",
                "opening_code",
                "closing_code",
                "area",
                "withdrawn",
                "version",
            )
        },
        "codes": {
            "opening_code": {"DEATH": "sudden_death", "FIGHT": None, "SUI": "suicide"},
            "closing_code": {"SUI": "suicide", "NFA": None},
        },
    },
    FeedKind.ATTENDANCE: {
        "system": "cad",
        "person_system": "hr",
        "columns": {
            name: name
            for name in ("ref", "person_ref", "incident_ref", "role", "withdrawn", "version")
        },
    },
    FeedKind.SUPERVISORS: {"columns": {name: name for name in SUPERVISORS.names}},
    FeedKind.SKILLS: {"columns": {name: name for name in SKILLS.names}},
    FeedKind.ABSENCES: {
        "columns": {name: name for name in ABSENCES.names},
        "codes": {"psychological": {"S10": "yes", "S98": "no"}},
    },
    FeedKind.HOURS: {"columns": {name: name for name in HOURS.names}},
    FeedKind.UNITS: {"columns": {name: name for name in UNITS.names}},
    FeedKind.IDENTIFIERS: {"columns": {name: name for name in IDENTIFIERS.names}},
}
MAPPINGS = {
    kind: parse_mapping({"kind": kind, "version": "1", "system": "hr", **rest})
    for kind, rest in MAPPINGS.items()
}
COLUMNS = {kind: list(mapping.columns) for kind, mapping in MAPPINGS.items()}
IDENTITY = {kind: "person_ref" if kind is FeedKind.LEAVERS else "ref" for kind in FeedKind}
TYPES = {"sudden_death", "suicide"}


def one_of(*values):
    return st.sampled_from(values)


BARE = {
    FeedKind.POSTINGS: "S",
    FeedKind.INCIDENTS: "I",
    FeedKind.ATTENDANCE: "A",
    FeedKind.SUPERVISORS: "L",
    FeedKind.ABSENCES: "B",
    FeedKind.UNITS: "U",
    FeedKind.IDENTIFIERS: "N",
}
"""Kinds that can be withdrawn without another word, and how their references begin."""
VERSION = one_of("1", "1", "2", "3")
WITHDRAWN = one_of("", "", "", "no", "yes")
PEOPLE = one_of("P1", "P2", "P3")
NAMED = one_of("P1", "P1", "P2", "P2", "P3", "C1", "C2")
"""Staff numbers, and collar numbers that may be anybody's."""
INCIDENTS = one_of("I1", "I2", "I3", "I4")
UNIT = one_of("U1", "U2", "U3")
DAYS = one_of("2026-09-30", "2026-10-25", "2026-11-02")
MOMENTS = one_of(
    "2026-10-24 23:30",  # Late in the evening by the clock of summer.
    "2026-10-25 01:30",  # An hour that happens twice.
    "2026-11-01 00:10",
    "2026-11-10 12:00",
    "2026-11-10 12:00",  # The same moment as another.
    "2026-11-20 08:00",
    "2031-01-01 00:00",  # Cannot have happened.
)


def cells(about, **fields):
    return st.fixed_dictionaries(fields).map(
        lambda row: (about, tuple(row.get(name, "") for name in COLUMNS[about]))
    )


ROWS = st.one_of(
    cells(
        FeedKind.PEOPLE,
        ref=PEOPLE,
        family_name=one_of("Ash", "=1+1"),
        staff_type=one_of("PC", "S", "??"),
        rank=one_of("", "Sergeant"),
        joined_on=one_of("", "", "2020-01-01", "2026-11-08"),
        sex=one_of("", "female"),
        version=VERSION,
    ),
    cells(
        FeedKind.POSTINGS,
        ref=one_of("S1", "S2", "S3"),
        person_ref=NAMED,
        unit_ref=UNIT,
        unit_name=one_of("", "Blue", "Red"),
        kind=one_of("substantive", "temporary"),
        starts_on=DAYS,
        ends_on=one_of("", "", "2026-11-05", "2026-10-01"),
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    cells(
        FeedKind.LEAVERS,
        person_ref=NAMED,
        left_on=one_of("2026-11-05", "2026-11-30", "soon"),
        reason=one_of("", "transfer"),
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    cells(
        FeedKind.INCIDENTS,
        ref=INCIDENTS,
        occurred_at=MOMENTS,
        opening_code=one_of("DEATH", "FIGHT", "SUI"),
        closing_code=one_of("", "", "", "SUI", "NFA", "NEW"),
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    *[
        cells(
            FeedKind.ATTENDANCE,
            ref=one_of("A1", "A2", "A3", "A4", "A5", "A6"),
            person_ref=NAMED,
            incident_ref=INCIDENTS,
            role=one_of("assigned", "at_scene", "at_scene", "remote"),
            withdrawn=WITHDRAWN,
            version=VERSION,
        )
    ]
    * 3,
    cells(
        FeedKind.SUPERVISORS,
        ref=one_of("L1", "L2"),
        person_ref=NAMED,
        unit_ref=UNIT,
        kind=one_of("", "supervisor", "deputy", "boss"),
        starts_on=DAYS,
        ends_on=one_of("", "2026-11-05", "2026-10-01"),
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    cells(
        FeedKind.SKILLS,
        ref=one_of("K1", "K2"),
        person_ref=NAMED,
        name=one_of("firearms", "", "family liaison"),
        starts_on=DAYS,
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    cells(
        FeedKind.ABSENCES,
        ref=one_of("B1", "B2"),
        person_ref=NAMED,
        starts_on=DAYS,
        ends_on=one_of("", "2026-11-05"),
        psychological=one_of("S10", "S98", "S99"),
        hours_lost=one_of("", "7.5", "7.50", "many"),
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    cells(
        FeedKind.HOURS,
        ref=one_of("H1", "H2"),
        person_ref=NAMED,
        month=DAYS,
        hours=one_of("160", "148.5"),
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    cells(
        FeedKind.UNITS,
        ref=UNIT,
        name=one_of("", "Green", "Amber"),
        kind=one_of("", "team", "team", "district", "force"),
        parent_ref=one_of("", "U1", "U2", "U3", "U4"),
        closed_on=one_of("", "2026-10-31", "2026-11-05", "2026-11-05"),
        becomes_ref=one_of("", "U1", "U2", "U3"),
        withdrawn=WITHDRAWN,
        version=VERSION,
    ),
    *[
        cells(
            FeedKind.IDENTIFIERS,
            ref=one_of("N1", "N2", "N3"),
            person_ref=one_of("P1", "P2", "P3", "C1"),
            system=one_of("hr", "hr", "hr", "HR!"),
            number=one_of("C1", "C1", "C2", "P1", "P2"),
            starts_on=one_of("", "2026-09-30", "2026-11-02"),
            ends_on=one_of("", "2026-11-01", "2026-11-12"),
            withdrawn=WITHDRAWN,
            version=VERSION,
        )
    ]
    * 2,
    # A withdrawal that says nothing else.
    st.tuples(
        one_of(*BARE),
        st.integers(1, 4),
        VERSION,
    ).map(
        lambda found: (
            found[0],
            tuple(
                {"ref": f"{BARE[found[0]]}{found[1]}", "withdrawn": "yes"}.get(
                    name, found[2] if name == "version" else ""
                )
                for name in COLUMNS[found[0]]
            ),
        )
    ),
)


@st.composite
def histories(draw):
    """Files of rows, in the order in which they arrive."""
    rows = draw(st.lists(ROWS, min_size=4, max_size=40))
    rows += draw(st.lists(st.sampled_from(rows), max_size=6))
    rows = draw(st.permutations(rows))
    files, present = [], {}
    for row in rows:
        if row[0] not in present or draw(st.integers(0, 3)) == 0:
            present[row[0]] = []
            files.append((row[0], present[row[0]]))
        present[row[0]].append(row[1])
    return files


# --- What a history comes down to -----------------------------------------------------------------


class Reading(NamedTuple):
    """A row that can be used, by its place among the rows of its record."""

    order: tuple[int, str]
    cells: tuple[str, ...]
    row: object


def understood(files, folder):
    """Every usable row, by kind and reference."""
    found = defaultdict(list)
    for kind in FeedKind:
        path = write(folder, kind, [row for other, rows in files for row in rows if other is kind])
        table = Table(path)
        reader = RowReader(table, MAPPINGS[kind], Context(NOW, TYPES))
        for record in table:
            try:
                row = reader.parse(record.number, record.cells)
            except BadValueError:
                continue
            found[kind, row.ref].append(
                Reading((row.version, row.digest), tuple(record.cells), row)
            )
        table.close()
    return found


class Facts(NamedTuple):
    """What stands at the end: rows to load cleanly, and whose each number is."""

    rows: dict[FeedKind, list[tuple[str, ...]]]
    book: "NumberBook"
    left: dict[str, tuple[date, str]]
    """Those who left by a row that names a number of theirs."""


def final_facts(files, folder):
    """One row for each record that stands at the end, naming people by their own numbers."""
    found = understood(files, folder)
    people = {ref for kind, ref in found if kind is FeedKind.PEOPLE}
    numbers = {
        reading.row.called
        for (kind, _ref), rows in found.items()
        if kind is FeedKind.IDENTIFIERS
        for reading in rows
        if not reading.row.bare
    }
    incidents = {
        ref
        for (kind, ref), rows in found.items()
        if kind is FeedKind.INCIDENTS and not all(reading.row.bare for reading in rows)
    }
    usable = {}
    for (kind, ref), rows in found.items():
        known = people if kind is FeedKind.IDENTIFIERS else people | numbers
        usable[kind, ref] = [one for one in rows if can_be_used(kind, one.row, known, incidents)]
    final = {kind: {} for kind in FeedKind}
    for (kind, ref), rows in usable.items():
        if rows:
            said = rows + [one for one in found[kind, ref] if one.row.bare]
            best = max(said, key=lambda one: one.order)
            if not best.row.bare:
                final[kind][ref] = best
    book = NumberBook(final, people)
    return Facts(clean_rows(final, usable, book), book, left_under_numbers(final, usable, book))


def clean_rows(final, usable, book):
    """What to load: every row says whose it is, so that no identifiers are needed."""
    rows = defaultdict(list)
    for kind, records in final.items():
        for ref, one in records.items():
            rows[kind] += list(clean_row(kind, ref, one, (final, usable, book)))
    return rows


def clean_row(kind, ref, one, known):
    final, usable, book = known
    if kind is FeedKind.LEAVERS:
        # All of them, because the earliest last day is remembered.
        said = sorted(usable[kind, ref], key=lambda one: one.order)
        yield from [one.cells for one in said] if book.is_listed(ref) else []
    elif kind is FeedKind.PEOPLE:
        yield from [one.cells] if book.is_listed(ref) else []
    elif kind is not FeedKind.IDENTIFIERS and hasattr(one.row, "person_ref"):
        whose = book.whose(one.row.person_ref, day_of(kind, one.row, final))
        at = COLUMNS[kind].index("person_ref")
        yield from [(*one.cells[:at], whose, *one.cells[at + 1 :])] if whose else []
    elif kind is not FeedKind.IDENTIFIERS:
        yield one.cells


def day_of(kind, row, final):
    if kind is FeedKind.ATTENDANCE:
        incident = final[FeedKind.INCIDENTS].get(row.incident_ref)
        # One that was withdrawn counts for nobody.
        return incident.row.occurred_at.astimezone(LONDON).date() if incident else date.min
    return row.month if kind is FeedKind.HOURS else row.starts_on


class NumberBook:
    """Whose each number is on a day, worked out the long way."""

    def __init__(self, final, people) -> None:
        self.people = people
        self.spells = defaultdict(list)
        for ref, one in final[FeedKind.IDENTIFIERS].items():
            if not one.row.withdrawn:
                self.spells[one.row.called].append((one.row.starts_on, ref, one.row))
        self.next = {}
        for number in people:
            joined = final[FeedKind.PEOPLE][number].row.joined_on
            former = [
                spell
                for spell in self.spells[number]
                if spell[2].person_ref != number
                and (spell[2].ends_on is None or (joined and joined <= spell[2].ends_on))
            ]
            if former:
                self.next[number] = max(former, key=lambda spell: spell[:2])[2].person_ref

    def own(self, number):
        """The number of today, unless following former numbers leads in a circle."""
        circle = {one for one in self.next if self.comes_back(one)}
        while number in self.next and number not in circle:
            number = self.next[number]
        return number

    def comes_back(self, first):
        here = first
        for _step in self.next:
            here = self.next.get(here)
            if here == first:
                return True
        return False

    def whose(self, number, day):
        """The person's own number; nothing for a number that is nobody's on that day."""
        covering = [
            spell
            for spell in self.spells[number]
            if spell[0] <= day and (spell[2].ends_on is None or day <= spell[2].ends_on)
        ]
        if covering:
            number = max(covering, key=lambda spell: spell[:2])[2].person_ref
        number = self.own(number)
        return number if number in self.people else ""

    def is_listed(self, number):
        return number in self.people and self.own(number) == number


def left_under_numbers(final, usable, book):
    found = {}
    for number, one in sorted(final[FeedKind.LEAVERS].items()):
        day = one.row.left_on
        if number in book.people or day is None:
            continue
        whose = book.whose(number, day)
        if whose and not usable.get((FeedKind.LEAVERS, whose)):
            found[whose] = max(found.get(whose, (day, number)), (day, number))
    return {
        whose: (day, final[FeedKind.LEAVERS][number].row.reason)
        for whose, (day, number) in found.items()
    }


def can_be_used(kind, row, people, incidents):
    if row.bare:
        return False
    if kind is FeedKind.LEAVERS:
        return row.ref in people
    if kind is FeedKind.ATTENDANCE:
        return row.person_ref in people and row.incident_ref in incidents
    return not hasattr(row, "person_ref") or row.person_ref in people


# --- Databases ------------------------------------------------------------------------------------


class Blank:
    """A database in memory that is up to date and holds a force, to be had again and again.

    Engines are kept, because each remembers the statements it has compiled: that is half the work.
    """

    def __init__(self, path) -> None:
        image = bytearray(path.read_bytes())
        # A database in memory keeps no write-ahead log; say so in its header.
        image[18:20] = b"\x01\x01"
        self.image = bytes(image)
        self.idle = []
        with fresh(self) as engine:
            with transaction(engine) as session:
                add_force(session)
            self.image = raw(engine).serialize()

    def engine(self):
        """An engine nobody uses, on a database as it was in the beginning."""
        engine = self.idle.pop() if self.idle else new_engine()
        raw(engine).deserialize(self.image)
        raw(engine).execute("PRAGMA foreign_keys=ON")
        return engine


def raw(engine) -> sqlite3.Connection:
    return engine.raw_connection().driver_connection


def new_engine():
    def connect():
        return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def add_force(session: Session) -> None:
    install_shipped_framework(session, now=NOW)
    force = Unit(source_system="own", source_ref="F", name="Force", kind=UnitKind.FORCE)
    session.add(force)
    session.flush()
    session.add(UnitAncestor(unit_id=force.id, ancestor_id=force.id, depth=0))
    session.add(PromptingStart(unit_id=force.id, starts_on=STARTS))


@pytest.fixture(scope="module")
def blank(templates):
    made = Blank(templates.sqlite("empty"))
    yield made
    for engine in made.idle:
        engine.dispose()


@contextmanager
def fresh(blank):
    engine = blank.engine()
    yield engine
    blank.idle.append(engine)


def write(folder, kind, rows):
    path = folder / f"{kind}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS[kind], *rows])
    return path


def load(engine, folder, kind, rows):
    run = load_file(
        engine, kind=kind, path=write(folder, kind, rows), mapping=MAPPINGS[kind], now=NOW
    )
    assert run.state is RunState.FINISHED
    counts = (
        run.stored,
        run.updated,
        run.unchanged,
        run.superseded,
        run.ignored,
        run.quarantined,
    )
    assert sum(counts) == run.read == len(rows)
    return run


def state(engine):
    """Everything that stands, by names that mean the same in every database."""
    with reading(engine) as session:
        everybody = session.exec(select(Person)).all()
        listed = [p for p in everybody if not p.only_number and p.became_id is None]
        people = {p.id: p.source_ref for p in listed}
        units = dict(session.exec(select(Unit.id, Unit.source_ref)).all()) | {None: None}
        standing = session.exec(select(Incident).where(Incident.withdrawn == False)).all()  # noqa: E712
        incidents = {incident.id: incident.source_ref for incident in standing}
        return {
            "people": {
                (p.source_ref, p.family_name, p.staff_type, p.rank, p.left_on, p.leaving_reason)
                for p in listed
            },
            "characteristics": {
                (people[c.person_id], c.kind, c.value)
                for c in session.exec(select(Characteristic))
                if c.person_id in people
            },
            "units": {
                (u.source_ref, u.name, u.kind, units[u.parent_id], u.closed_on, units[u.becomes_id])
                for u in session.exec(select(Unit))
                if u.source_version >= 0 and not u.withdrawn
            },
            "postings": {
                (
                    "" if p.carried_from_id else p.source_ref,
                    people[p.person_id],
                    units[p.unit_id],
                    p.kind,
                    p.starts_on,
                    p.ends_on,
                )
                for p in session.exec(select(Posting))
                if not p.withdrawn and p.person_id in people
            },
            "incidents": {(i.source_ref, i.occurred_at, i.type_code) for i in standing},
            "attendance": {
                (a.source_ref, incidents[a.incident_id], people[a.person_id], a.role)
                for a in session.exec(select(Attendance))
                if not a.withdrawn and a.incident_id in incidents and a.person_id in people
            },
            **spells(session, people, units),
            **derived(session, people, incidents, units),
        }


def spells(session: Session, people, units):
    def standing(model, *names):
        return {
            (row.source_ref, people[row.person_id], *(getattr(row, name) for name in names))
            for row in session.exec(select(model))
            if not row.withdrawn and row.person_id in people
        }

    return {
        "supervisors": {
            (ref, who, units[unit], *rest)
            for ref, who, unit, *rest in standing(
                Supervision, "unit_id", "kind", "starts_on", "ends_on"
            )
        },
        "skills": standing(Skill, "name", "starts_on", "ends_on"),
        "absences": standing(AbsenceSpell, "starts_on", "ends_on", "psychological", "hours_lost"),
        "hours": standing(ContractedHours, "month", "hours"),
    }


def derived(session: Session, people, incidents, units):
    waiting = session.exec(
        select(PromptPerson, Prompt)
        .where(Prompt.id == PromptPerson.prompt_id)
        .where(PromptPerson.state.in_(WAITING))
    )
    return {
        "exposures": {
            (
                people[e.person_id],
                incidents[e.incident_id],
                e.type_code,
                e.occurred_at,
                e.occurred_on,
                units[e.unit_id],
                e.remote,
            )
            for e in session.exec(select(Exposure))
        },
        "tallies": {
            (people[t.person_id], t.month, t.type_code, t.count)
            for t in session.exec(select(MonthTally))
        },
        "prompts": {
            (
                prompt.kind,
                prompt.rule_code,
                incidents[prompt.incident_id],
                people[row.person_id],
                row.why,
                row.due_at,
            )
            for row, prompt in waiting
        },
    }


def circular(following):
    """Everything that following leads back to."""

    def comes_back(first):
        here = first
        for _step in following:
            here = following.get(here)
            if here == first:
                return True
        return False

    return {one for one in following if comes_back(one)}


def check_tree(session: Session):
    """Every unit hangs below what it is said to belong to, or else below the force."""
    units = {unit.id: unit for unit in session.exec(select(Unit))}
    (force,) = [unit.id for unit in units.values() if unit.source_ref == "F"]
    said = {id_: unit.parent_said_id or force for id_, unit in units.items() if id_ != force}
    wrong = circular(said)
    parents = {id_: force if id_ in wrong else above for id_, above in said.items()}
    assert {id_: unit.parent_id for id_, unit in units.items() if id_ != force} == parents
    above = set()
    for id_ in units:
        here, depth = id_, 0
        while here is not None:
            above.add((id_, here, depth))
            here, depth = parents.get(here), depth + 1
    rows = session.exec(select(UnitAncestor)).all()
    assert {(row.unit_id, row.ancestor_id, row.depth) for row in rows} == above


def check_places(session: Session):
    """Everybody is where their own posting puts them, or in what that unit has become by then."""
    units = {unit.id: unit for unit in session.exec(select(Unit))}
    wrong = circular(
        {id_: u.becomes_id for id_, u in units.items() if u.closed_on and u.becomes_id}
    )
    own = session.exec(select(Posting).where(Posting.carried_from_id.is_(None))).all()
    for exposed in session.exec(select(Exposure)):
        day = exposed.occurred_on
        covering = [
            posting
            for posting in own
            if posting.person_id == exposed.person_id
            and not posting.withdrawn
            and posting.starts_on <= day
            and (posting.ends_on is None or day <= posting.ends_on)
        ]
        place = None
        if covering:
            best = max(covering, key=lambda p: (p.kind == "temporary", p.starts_on, p.source_ref))
            place = best.unit_id
            while (
                place not in wrong
                and units[place].becomes_id
                and units[place].closed_on
                and day > units[place].closed_on
            ):
                place = units[place].becomes_id
        assert exposed.unit_id == place


MOMENT = "2026-11-10 12:00"
PERSON = tuple(
    {"ref": "P1", "staff_type": "PC", "version": "1"}.get(name, "")
    for name in COLUMNS[FeedKind.PEOPLE]
)


@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(files=histories(), again=st.integers(0, 3))
def test_any_order_ends_in_the_same_record(blank, tmp_path, files, again):
    with fresh(blank) as arrived, fresh(blank) as clean:
        for kind, rows in files:
            load(arrived, tmp_path, kind, rows)
        facts = final_facts(files, tmp_path)
        for kind, rows in facts.rows.items():
            load(clean, tmp_path, kind, rows)
        with transaction(clean) as session:
            exposure.rebuild(session, now=NOW)
        expected = state(clean)
        expected["people"] = {
            (*said[:4], *facts.left.get(said[0], said[4:])) for said in expected["people"]
        }
        assert state(arrived) == expected
        with reading(arrived) as session:
            assert exposure.differences(session) == []
            check_tree(session)
            check_places(session)
            for row in session.exec(select(QuarantinedRow)):
                assert row.waiting_for is None or row.resolved_at is None

        # And all of it once more changes nothing; tried of one in four, for the time it takes.
        for kind, rows in reversed(files if again == 0 else []):
            load(arrived, tmp_path, kind, rows)
        assert state(arrived) == expected


def row(about, **fields):
    """One row, all else empty."""
    return tuple(fields.get(name, "") for name in COLUMNS[about])


def test_two_incidents_at_the_same_moment_prompt_alike_in_any_order(blank, tmp_path):
    incidents = [
        row(FeedKind.INCIDENTS, ref=ref, occurred_at=at, opening_code="DEATH", version="1")
        for ref, at in (("I1", "2026-11-01 00:10"), ("I2", MOMENT), ("I3", MOMENT))
    ]
    attendance = [
        row(
            FeedKind.ATTENDANCE,
            ref=f"A{n}",
            person_ref="P1",
            incident_ref=f"I{n}",
            role="at_scene",
            version="1",
        )
        for n in (1, 2, 3)
    ]
    ends = []
    for order in (incidents, incidents[::-1]):
        with fresh(blank) as engine:
            load(engine, tmp_path, FeedKind.PEOPLE, [PERSON])
            load(engine, tmp_path, FeedKind.INCIDENTS, order)
            load(engine, tmp_path, FeedKind.ATTENDANCE, attendance)
            ends.append(state(engine))
    assert len(ends[0]["prompts"]) == 1
    assert ends[0] == ends[1]
