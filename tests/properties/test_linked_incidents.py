"""However two systems report what happened, everybody was at an event once.

A history tells of incidents of two systems that name each other (in chains, in circles, too early,
and not any more), of codes that the framework comes to know meanwhile, of attendance by either
system, of what people say themselves and of prompts that are answered. Beside it stands what the
history comes down to: its events and exposures worked out here, and its prompts as a clean load
and a recount have them.
"""

from collections import defaultdict
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.database import reading, transaction
from app.exposure import service as exposure
from app.exposure.models import (
    WAITING,
    Exposure,
    ExposureStatement,
    MonthTally,
    Prompt,
    PromptPerson,
    PromptState,
    StatementKind,
    Work,
)
from app.feeds import codes
from app.feeds.cells import Context
from app.feeds.fields import BadValueError
from app.feeds.mapping import parse_mapping
from app.feeds.models import FeedKind, QuarantinedRow, RunState
from app.feeds.parsing import RowReader
from app.feeds.reader import Table
from app.feeds.service import load_file
from app.incidents.framework import SHIPPED, CodeRow
from app.incidents.models import FrameworkStatus, FrameworkVersion, Incident
from app.people.models import Person
from tests.properties.test_feed_order import NOW, Reading, blank, fresh, one_of

__all__ = ["blank"]
TODAY = date(2026, 11, 23)
INCIDENT = (
    "ref",
    "occurred_at",
    "closing_code",
    "opening_code",
    "qualifiers",
    "same_as_ref",
    "same_as_system",
    "withdrawn",
    "version",
)
ATTENDANCE = ("ref", "person_ref", "incident_ref", "role", "withdrawn", "version")
SYSTEMS = ("cad", "rms")


def mapping(kind, system, columns):
    document = {
        "kind": kind,
        "version": "1",
        "system": system,
        "columns": {name: name for name in columns},
    }
    if kind is FeedKind.INCIDENTS:
        document["codes_from"] = "framework"
    if kind is FeedKind.ATTENDANCE:
        document["person_system"] = "hr"
    return parse_mapping(document)


MAPPINGS = {
    (kind, system): mapping(kind, system, columns)
    for system in SYSTEMS
    for kind, columns in ((FeedKind.INCIDENTS, INCIDENT), (FeedKind.ATTENDANCE, ATTENDANCE))
}
PEOPLE = mapping(FeedKind.PEOPLE, "hr", ("ref",))

# --- What codes mean ------------------------------------------------------------------------------

KNOWN = {
    1: {("closing", "SUI"): "suicide", ("opening", "DEATH"): "sudden_death", ("opening", "X"): ""},
    2: {("closing", "NEW"): "suicide", ("qualifiers", "CHILD"): "child_death"},
    3: {("opening", "ODD"): "homicide", ("closing", "NFA"): ""},
}
"""What each version adds to the code map: the field and the code, and the type."""
STARTS = {1: date(1900, 1, 1), 2: TODAY, 3: TODAY + timedelta(days=1)}
FIELDS = {"closing": "closing", "opening": "opening", "qualifiers": "qualifier"}


def code_map(number):
    return tuple(
        CodeRow(system=system, field=FIELDS[field], code=code, type=ours or None)
        for version in range(1, number + 1)
        for (field, code), ours in KNOWN[version].items()
        for system in SYSTEMS
    )


def activate(engine, number):
    framework = SHIPPED.model_copy(update={"code_map": code_map(number)})
    with transaction(engine) as session:
        row = session.get(FrameworkVersion, number) or FrameworkVersion(
            number=number, effective_from=STARTS[number], created_at=NOW, document={}
        )
        row.status, row.document = FrameworkStatus.ACTIVE, framework.model_dump(mode="json")
        session.add(row)
        session.flush()
        codes.framework_changed(session, since=STARTS[number], number=number, now=NOW)


def meaning(row, activated):
    """The type that the codes of a row mean in the end; ``None``: nobody knows."""
    day = row.occurred_at.date()
    first = max(number for number in activated if STARTS[number] <= day)
    found = None
    for last in (number for number in sorted(activated) if number >= first):
        known = {key: ours for number in range(1, last + 1) for key, ours in KNOWN[number].items()}
        closing = known.get(("closing", row.closing_code))
        others = [
            known.get(("qualifiers", row.qualifiers)),
            known.get(("opening", row.opening_code)),
        ]
        other = next((ours for ours in others if ours is not None), None)
        if closing is not None:
            return closing
        if not row.closing_code and other is not None:
            return other
        found = other if found is None else found
    return found


# --- Histories ------------------------------------------------------------------------------------

VERSION = one_of("1", "1", "2", "3")
REFS = one_of("I1", "I2", "I3")
WITHDRAWN = one_of("", "", "", "yes")
MOMENTS = {"I1": "2026-11-10 12:00", "I2": "2026-11-10 12:20", "I3": "2026-11-23 08:00"}
"""By reference: when a record is withdrawn without another word, the last row that was read before
says when it was, and which that is depends on the order."""


def rows(kind, columns, **fields):
    return st.tuples(
        st.just(kind),
        one_of(*SYSTEMS),
        st.fixed_dictionaries(fields).map(
            lambda row: tuple(
                MOMENTS[row["ref"]] if name == "occurred_at" else row.get(name, "")
                for name in columns
            )
        ),
    )


INCIDENTS = rows(
    FeedKind.INCIDENTS,
    INCIDENT,
    ref=REFS,
    closing_code=one_of("", "", "SUI", "NEW", "NFA"),
    opening_code=one_of("DEATH", "DEATH", "X", "ODD"),
    qualifiers=one_of("", "CHILD", "BUSY"),
    same_as_ref=one_of("", "", "I1", "I2", "I3"),
    same_as_system=one_of("", "cad", "rms"),
    withdrawn=WITHDRAWN,
    version=VERSION,
)
TAKEN_BACK = st.tuples(
    st.just(FeedKind.INCIDENTS),
    one_of(*SYSTEMS),
    st.tuples(REFS, one_of("", "", "I1", "I2"), VERSION).map(
        lambda said: (said[0], "", "", "", "", said[1], "", "yes", said[2])
    ),
)
ATTENDANCES = rows(
    FeedKind.ATTENDANCE,
    ATTENDANCE,
    ref=one_of("A1", "A2", "A3", "A4"),
    person_ref=one_of("P1", "P2"),
    incident_ref=REFS,
    role=one_of("assigned", "at_scene", "at_scene", "remote"),
    withdrawn=WITHDRAWN,
    version=VERSION,
)
STATEMENTS = st.tuples(
    st.just("said"),
    one_of("P1", "P2"),
    st.tuples(one_of(*SYSTEMS), REFS),
    one_of(StatementKind.EXPOSED, StatementKind.DISPUTED),
)
ANSWERS = st.tuples(st.just("answered"), st.integers(0, 3))


@st.composite
def histories(draw):
    """What happens, in order: files of rows, activations, statements and answers."""
    found = draw(
        st.lists(st.one_of(INCIDENTS, INCIDENTS, TAKEN_BACK, ATTENDANCES), min_size=4, max_size=30)
    )
    events, files = [], {}
    for kind, system, row in found:
        if (kind, system) not in files or draw(st.integers(0, 2)) == 0:
            files[kind, system] = []
            events.append((kind, system, files[kind, system]))
        files[kind, system].append(row)
    said = draw(st.lists(STATEMENTS, max_size=3, unique_by=lambda one: one[1:3]))
    answers = draw(st.lists(ANSWERS, max_size=4))
    events += [*said, *answers, ("people",)]
    events = draw(st.permutations(events))
    # Versions follow one another.
    for number in range(2, draw(st.integers(1, 3)) + 1):
        events.insert(draw(st.integers(0, len(events))), ("activated", number))
    numbers = iter(sorted(event[1] for event in events if event[0] == "activated"))
    return [("activated", next(numbers)) if event[0] == "activated" else event for event in events]


# --- Playing one ----------------------------------------------------------------------------------


def load(engine, folder, plan, columns, rows):
    path = folder / f"{plan.kind}.csv"
    path.write_text("\n".join(",".join(row) for row in [columns, *rows]) + "\n")
    run = load_file(engine, kind=plan.kind, path=path, mapping=plan, now=NOW)
    assert run.state is RunState.FINISHED
    assert run.read == len(rows)


def load_people(engine, folder):
    load(engine, folder, PEOPLE, ("ref",), [("P1",), ("P2",)])


def load_rows(engine, folder, kind, system, rows):
    columns = INCIDENT if kind is FeedKind.INCIDENTS else ATTENDANCE
    load(engine, folder, MAPPINGS[kind, system], columns, rows)


def say(engine, number, who, name, kind):
    """Keep somebody's word, if the incident is known; whether it is."""
    with transaction(engine) as session:
        incident = session.exec(
            select(Incident.id).where(
                Incident.source_system == name[0], Incident.source_ref == name[1]
            )
        ).first()
        person = session.exec(select(Person.id).where(Person.source_ref == who)).first()
        if incident is None or person is None:
            return False
        session.add(
            ExposureStatement(
                person_id=person,
                incident_id=incident,
                kind=kind,
                work=Work.AT_SCENE if kind is StatementKind.EXPOSED else None,
                type_code="other",
                said_at=NOW + timedelta(minutes=number),
            )
        )
        exposure.refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
        return True


def answer(engine, which):
    """A named human answers one of the prompts that wait."""
    with transaction(engine) as session:
        waiting = session.exec(
            select(PromptPerson)
            .where(PromptPerson.state.in_(WAITING))
            .order_by(PromptPerson.person_id, PromptPerson.due_at, PromptPerson.id)
        ).all()
        if waiting:
            row = waiting[which % len(waiting)]
            row.state, row.revision = PromptState.HELD, row.revision + 1
            session.add(row)


def play(engine, folder, history):
    """Let it happen; what is said of an incident that is not known yet is said at the end."""
    activate(engine, 1)
    said = [event for event in history if event[0] == "said"]
    later = [event for event in history if not happens(engine, folder, event, said)]
    for event in later:
        say(engine, said.index(event), *event[1:])
    return said


def happens(engine, folder, event, said):
    """Let one thing happen; whether it could."""
    match event:
        case ("people",):
            load_people(engine, folder)
        case ("activated", number):
            activate(engine, number)
        case ("answered", which):
            answer(engine, which)
        case ("said", *what):
            return say(engine, said.index(event), *what)
        case (kind, system, rows):
            load_rows(engine, folder, kind, system, rows)
    return True


# --- What it comes down to ------------------------------------------------------------------------


def understood(history, folder):
    """Every row that can be read, by kind, system and reference."""
    found = defaultdict(list)
    for kind, system, rows in (event for event in history if isinstance(event[0], FeedKind)):
        columns = INCIDENT if kind is FeedKind.INCIDENTS else ATTENDANCE
        path = folder / "understood.csv"
        path.write_text("\n".join(",".join(row) for row in [columns, *rows]) + "\n")
        table = Table(path)
        reader = RowReader(table, MAPPINGS[kind, system], Context(NOW, ()))
        for record in table:
            try:
                row = reader.parse(record.number, record.cells)
            except BadValueError:
                continue
            order = (row.version, row.digest)
            found[kind, system, row.ref].append(Reading(order, tuple(record.cells), row))
        table.close()
    return found


def finals(history, folder, activated):
    """The rows that stand at the end, in the order in which a clean load may read them: of a record
    that was withdrawn without another word, first the last that says more."""
    found = understood(history, folder)
    last = defaultdict(list)
    names = set()
    for (kind, system, ref), readings in found.items():
        if kind is not FeedKind.INCIDENTS:
            continue
        whole = [
            one
            for one in readings
            if not one.row.bare and (one.row.withdrawn or meaning(one.row, activated) is not None)
        ]
        if not whole:
            continue
        names.add((system, ref))
        best = max(whole, key=lambda one: one.order)
        bare = max([best, *(one for one in readings if one.row.bare)], key=lambda one: one.order)
        last[system, ref] = [best] if bare is best else [best, bare]
    attended = {}
    for (kind, system, ref), readings in found.items():
        if kind is not FeedKind.ATTENDANCE:
            continue
        usable = [one for one in readings if (system, one.row.incident_ref) in names]
        if usable:
            attended[system, ref] = max(usable, key=lambda one: one.order)
    return last, attended


def events_of(last):
    """By record: the event it belongs to, and what of it counts."""
    near = {name: {name} for name in last}
    for name, readings in last.items():
        row = readings[-1].row
        other = (row.same_as_system, row.same_as_ref)
        if other in near:
            near[name].add(other)
            near[other].add(name)
    found = {}
    for name in last:
        seen, ahead = set(), [name]
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += near[one]
        found[name] = frozenset(seen)
    return found


def expected_exposures(last, attended, said, activated):
    events = events_of(last)
    types = {
        name: "" if readings[-1].row.withdrawn else meaning(readings[-1].row, activated) or ""
        for name, readings in last.items()
    }

    def head(event):
        return min(
            event,
            key=lambda name: (not types[name], bool(last[name][-1].row.same_as_ref), name),
        )

    met = defaultdict(list)
    for (system, _ref), one in attended.items():
        row = one.row
        event = events[system, row.incident_ref]
        if not row.withdrawn and row.role != "assigned" and types[head(event)]:
            met[row.person_ref, event].append(row.role)
    own = {(who, events[name]): kind for _said, who, name, kind in said if name in events}
    for pair, kind in own.items():
        if kind is StatementKind.DISPUTED:
            met.pop(pair, None)
        else:
            met[pair].append("at_scene")
    return {
        (who, head(event), types[head(event)] or "other", "at_scene" not in near)
        for (who, event), near in met.items()
    }


# --- What is stored -------------------------------------------------------------------------------


def state(engine):
    with reading(engine) as session:
        assert exposure.differences(session) == []
        people = dict(session.exec(select(Person.id, Person.source_ref)).all())
        incidents = {one.id: one for one in session.exec(select(Incident))}
        names = {number: (one.source_system, one.source_ref) for number, one in incidents.items()}
        waiting, answered = prompts(session, people, incidents, names)
        stored = [
            (people[e.person_id], names[e.incident_id], e.type_code, e.remote)
            for e in session.exec(select(Exposure))
        ]
        assert len(stored) == len({one[:2] for one in stored})
        return {
            "exposures": set(stored),
            "tallies": {
                (people[t.person_id], t.month, t.type_code, t.count)
                for t in session.exec(select(MonthTally))
            },
            "waiting": waiting,
            "answered": answered,
        }


def prompts(session: Session, people, incidents, names):
    waiting, answered = {}, set()
    found = session.exec(
        select(PromptPerson, Prompt).join(Prompt, Prompt.id == PromptPerson.prompt_id)
    )
    for row, prompt in found:
        event = names[incidents[prompt.incident_id].event_id or prompt.incident_id]
        key = (people[row.person_id], prompt.kind, event)
        if row.state is PromptState.HELD:
            answered.add(key)
        elif row.state in WAITING:
            # Nobody is asked twice.
            assert key not in waiting
            waiting[key] = (row.why, row.due_at)
    return waiting, answered


def nothing_closed_waits(engine):
    with reading(engine) as session:
        return all(
            row.waiting_for is None or row.resolved_at is None
            for row in session.exec(select(QuarantinedRow))
        )


def load_clean(engine, folder, activated, last, attended, said):
    """What stands at the end, told once and counted from nothing."""
    for number in activated:
        activate(engine, number)
    load_people(engine, folder)
    for (system, _ref), readings in last.items():
        for one in readings:
            load_rows(engine, folder, FeedKind.INCIDENTS, system, [one.cells])
    for (system, _ref), one in attended.items():
        load_rows(engine, folder, FeedKind.ATTENDANCE, system, [one.cells])
    for number, (_said, *what) in enumerate(said):
        say(engine, number, *what)
    with transaction(engine) as session:
        exposure.rebuild(session, now=NOW)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(history=histories())
def test_everybody_was_at_an_event_once_whatever_the_order(blank, tmp_path, history):
    activated = [1, *(event[1] for event in history if event[0] == "activated")]
    with fresh(blank) as arrived, fresh(blank) as clean:
        said = play(arrived, tmp_path, history)
        last, attended = finals(history, tmp_path, activated)

        load_clean(clean, tmp_path, activated, last, attended, said)

        ended = state(arrived)
        assert ended["exposures"] == expected_exposures(last, attended, said, activated)
        expected = state(clean)
        for what in ("exposures", "tallies"):
            assert ended[what] == expected[what]
        # What was answered is not asked again, and nothing else is left out.
        assert ended["waiting"] == {
            key: why for key, why in expected["waiting"].items() if key not in ended["answered"]
        }
        assert nothing_closed_waits(arrived)

        # And all of it once more changes nothing.
        for event in reversed(history):
            if isinstance(event[0], FeedKind):
                load_rows(arrived, tmp_path, *event)
        assert state(arrived) == ended
