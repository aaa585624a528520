"""Preparing a release and deciding about it: two people, an attack that failed, nothing else."""

import json
from datetime import timedelta

import numpy as np
import pytest
from sqlmodel import Session, select

from app.audit.models import AuditEntry
from app.common.clock import local_date
from app.database import make_engine, reading, transaction
from app.disclosure import preparing, queries, service, store
from app.disclosure.logins import reader_rights
from app.disclosure.models import ReleaseContributors
from app.disclosure.parameters import Parameters
from app.disclosure.preparing import Preparer
from app.disclosure.service import DecisionError, Places
from app.disclosure.store import State, open_writer
from app.disclosure.wording import Refusal
from app.measures.frames import Frame, People
from app.measures.vocabulary import Dimension, Period, PeriodKind
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.conftest import NOW
from tests.disclosure import made

STEWARD = Viewer(1, None, "Sam Steward", (Grant(Role.DATA_STEWARD, None),))
OFFICER = Viewer(2, None, "Dana Officer", (Grant(Role.DATA_PROTECTION_OFFICER, None),))
LATER = timedelta(days=92)
"""Past the end of a quarter."""


class Invented:
    """People from a seed; some are moved or erased by a test."""

    def __init__(self, *, people: int = 900) -> None:
        self.size = people
        self.gone: list[int] = []
        self.flipped: list[int] = []

    def measures(self):
        return made.MEASURES[:2]

    def people(self, period, *, like):
        self.force = made.invent(seed=5, people=self.size, period=period, measures=self.measures())
        stay = np.setdiff1d(np.arange(self.size), self.gone)
        whole = self.force.people
        return People(
            period,
            [whole.ids[at] for at in stay],
            whole.categories,
            {dimension: member[stay] for dimension, member in whole.member.items()},
        )

    def frames(self, people):
        stay = np.setdiff1d(np.arange(self.size), self.gone)
        return [
            Frame(frame.measure, people, frame.base[stay], self._counted(frame)[stay])
            for frame in self.force.frames
        ]

    def _counted(self, frame):
        counted = frame.counted.copy()
        counted[self.flipped] = ~counted[self.flipped]
        return counted


class Told:
    """A report that says what it is told to say."""

    def __init__(self, *, passed: bool) -> None:
        self.passed = passed

    def dump(self) -> str:
        return json.dumps({"findings": []})


def withstood(tables, *, parameters):
    assert tables[0].cells
    return Told(passed=True)


def failed(tables, *, parameters):
    return Told(passed=False)


def _killed(*_words, **_named):
    raise KeyboardInterrupt


@pytest.fixture
def places(sqlite_engine, keys, tmp_path):
    with Places(sqlite_engine, open_writer(f"sqlite:///{tmp_path / 'r.db'}"), keys) as opened:
        yield opened


PERIODS = (
    Period(NOW.date().replace(month=7, day=1), PeriodKind.QUARTER),
    Period(NOW.date().replace(month=9, day=1), PeriodKind.MONTH),
)


def prepare(places, source=None, *, attack=withstood, by=STEWARD, now=NOW):
    return preparing.prepare(
        places,
        preparer=Preparer(by.account_id, by.role_names, by.name),
        parameters=Parameters(),
        attack=attack,
        now=now,
        source=source or Invented(),
        periods=PERIODS,
    )


def publish(places, source=None, *, now=NOW):
    found = prepare(places, source, now=now)
    service.approve(places, viewer=OFFICER, public_id=found.public_id, now=now)
    return found


def said(places):
    with reading(places.releases) as session:
        newest = store.latest(session)
        cells = queries.cells(session, number=newest.number)
    return {(one.measure, one.period, one.filters): one for some in cells.values() for one in some}


def events(places):
    with reading(places.tracker) as session:
        return [row.event for row in session.exec(select(AuditEntry).order_by(AuditEntry.id))]


def test_what_somebody_else_approves_is_published(places):
    found = publish(places)
    with reading(places.releases) as session:
        latest = store.latest(session)
        assert (latest.prepared_by, latest.approved_by) == (STEWARD.name, OFFICER.name)
        assert latest.day == local_date(NOW)
        assert queries.candidate(session) is None
    assert found.changes["new"] == found.changes["figures"] == len(said(places))
    assert len(found.inputs) == 64
    assert events(places) == ["release:prepared", "release:approved"]


def test_nobody_sees_what_waits(places):
    prepare(places)
    with reading(places.releases) as session:
        assert store.latest(session) is None
        assert store.menu(session).measures == ()
        assert store.cell(session, measure="exposed", period="2026-Q3") is None


@pytest.mark.parametrize(
    ("viewer", "attack", "why"),
    [
        (STEWARD, withstood, "Somebody else"),
        (OFFICER, None, "not tested"),
        (OFFICER, failed, "does not wait"),
    ],
)
def test_what_may_not_be_approved_stays_away(places, viewer, attack, why):
    first = publish(places)
    found = prepare(places, attack=attack, now=NOW + LATER)
    with pytest.raises(DecisionError, match=why):
        service.approve(places, viewer=viewer, public_id=found.public_id, now=NOW)
    with reading(places.releases) as session:
        assert store.latest(session).number == first.number
    assert events(places)[-1] == "release:prepared"


def test_a_failed_or_refused_candidate_leaves_no_figures_and_the_old_release(places):
    publish(places)
    before = said(places)
    gone = prepare(places, attack=failed, now=NOW + LATER)
    assert gone.state is State.FAILED
    found = prepare(places, now=NOW + LATER)
    service.refuse(places, viewer=STEWARD, public_id=found.public_id, reason=Refusal.DATA, now=NOW)
    assert said(places) == before
    with reading(places.releases) as session:
        assert queries.cells(session, number=gone.number) == {}
        assert queries.cells(session, number=found.number) == {}
    with reading(places.tracker) as session:
        left = {row.release for row in session.exec(select(ReleaseContributors))}
    assert left == {1}
    with pytest.raises(DecisionError, match="does not wait"):
        service.approve(places, viewer=OFFICER, public_id=found.public_id, now=NOW)


def test_only_one_waits_at_a_time(places):
    prepare(places)
    with pytest.raises(DecisionError, match="waits for a decision"):
        prepare(places)


@pytest.mark.parametrize("change", ["erase", "correct", "several"])
def test_a_few_changed_records_change_no_figure(places, change):
    publish(places)
    before = said(places)
    source = Invented()
    if change == "erase":
        source.gone = [17]
    else:
        source.flipped = [17] if change == "correct" else list(range(9))
    found = publish(places, source, now=NOW + LATER)
    assert said(places) == before
    assert found.changes["carried"] == found.changes["figures"]


def test_ten_changed_records_change_a_figure_and_those_who_left_are_gone(places):
    publish(places)
    before = said(places)
    source = Invented()
    source.gone = list(range(40))
    publish(places, source, now=NOW + LATER)
    after = said(places)
    assert after["exposed", "2026-Q3", ()].as_of == 2
    assert before.keys() == after.keys()
    assert any(one.as_of == 1 for one in after.values())


def test_between_revision_dates_nothing_published_is_worked_out_again(places):
    publish(places)
    before = said(places)
    source = Invented()
    source.gone = list(range(300))
    found = prepare(places, source, attack=withstood, now=NOW + timedelta(days=8))
    assert found.changes == found.changes | {"changed": 0, "new": 0}
    with reading(places.releases) as session:
        cells = queries.cells(session, number=found.number)
    assert [one for some in cells.values() for one in some] == list(before.values())


def test_who_was_counted_is_sealed_and_without_a_public_id(places):
    source = Invented()
    publish(places, source)
    with reading(places.tracker) as session:
        rows = session.exec(select(ReleaseContributors)).all()
        known = preparing.last_published(session, Session(places.releases), places.keys).known
    assert {row.period for row in rows} == {"2026-Q3", "2026-09"}
    people = source.people(PERIODS[0], like=None)
    raw = b"".join(row.sealed for row in rows)
    assert people.ids[0].encode() not in raw
    (one,) = (held for (_number, code), held in known.items() if code == "2026-Q3")
    assert not set(one.people.ids) & set(people.ids)
    assert np.array_equal(one.people.member[Dimension.SKILL], people.member[Dimension.SKILL])


def test_an_attempt_that_died_before_it_was_stored_does_not_stop_the_next(places, monkeypatch):
    with monkeypatch.context() as dies:
        dies.setattr(preparing, "_keep", _killed)
        with pytest.raises(KeyboardInterrupt):
            prepare(places)
    with reading(places.tracker) as session:
        assert len(session.exec(select(ReleaseContributors)).all()) > 0
    found = prepare(places, Invented(people=800))
    with reading(places.tracker) as session:
        rows = session.exec(select(ReleaseContributors)).all()
    assert {row.release for row in rows} == {found.number}
    assert len({row.period for row in rows}) == len(rows)


def test_losing_the_secrets_changes_nothing_that_is_published(places):
    publish(places)
    before = said(places)
    for owner in preparing.SECRETS:
        places.keys.destroy(places.keys.key_ids(owner), now=NOW)
    assert said(places) == before


@pytest.mark.parametrize("url", ["postgresql"])
def test_the_readers_login_reads_what_is_published_and_no_row_about_a_person(
    url, postgres, copied, keys
):
    people, releases = copied(url, "demo"), copied(url, "empty")
    engine, writer = make_engine(people), open_writer(releases)
    postgres.admin.execute("DROP ROLE IF EXISTS figures_reader")
    postgres.admin.execute("CREATE ROLE figures_reader LOGIN PASSWORD 'only-for-tests'")
    try:
        with Places(engine, writer, keys) as places:
            publish(places)
            waiting = prepare(places, now=NOW + LATER)
            with transaction(writer) as session:
                for line in reader_rights("figures_reader"):
                    session.connection().exec_driver_sql(line)
            _reads_only_what_is_published(postgres, people, releases, waiting.number)
        engine.dispose()
    finally:
        _drop_role(postgres, (people, releases))


def _drop_role(postgres, addresses):
    for address in addresses:
        engine = make_engine(address)
        with transaction(engine) as session:
            session.connection().exec_driver_sql("DROP OWNED BY figures_reader")
        engine.dispose()
    postgres.admin.execute("DROP ROLE figures_reader")


def _reads_only_what_is_published(postgres, people, releases, waiting):
    import psycopg  # noqa: PLC0415

    def login(address):
        return psycopg.connect(
            address, user="figures_reader", password="only-for-tests", autocommit=True
        )

    with login(releases) as reader:
        assert reader.execute("SELECT count(*) FROM cell").fetchone()[0] > 100
        found = reader.execute("SELECT DISTINCT release FROM cell").fetchall()
        assert found == [(waiting - 1,)]
        for statement in ("UPDATE cell SET counted = 1", "DELETE FROM release"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement)
    with login(people) as reader:
        tables = reader.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        assert len(tables) > 50
        for (table,) in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
