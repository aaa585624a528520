"""However deliveries and repairs take turns, what is held is what the newest version says.

Versions of a few incidents, some with a code that nobody has mapped, arrive in any order and more
than once, and the data steward puts right what is set aside whenever they like.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from app.database import reading, transaction
from app.exposure.service import differences
from app.feeds import repair
from app.feeds.desk_queries import Fault
from app.feeds.models import FeedKind, QuarantinedRow
from app.feeds.repair import Change
from app.feeds.service import load_file
from app.incidents.models import Incident
from app.security.permissions import Role
from app.security.viewer import Viewer, grants_of
from tests.factories import account
from tests.feeds.conftest import mapping_for
from tests.properties.test_feed_order import blank, fresh

__all__ = ["blank"]

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MEANS = {"SUI": "suicide", "HOM": "homicide", "ZZ": "child_death", "YY": "suicide"}
MAPPED = {code: MEANS[code] for code in ("SUI", "HOM")}
PUT_RIGHT = "put right"
REFS = ("I1", "I2")
VERSIONS = range(1, 5)
ROW = st.tuples(st.sampled_from(REFS), st.sampled_from(VERSIONS))
STEPS = st.lists(st.lists(ROW, min_size=1, max_size=4) | st.just(PUT_RIGHT), max_size=8)
CODES = st.fixed_dictionaries(
    {(ref, version): st.sampled_from(sorted(MEANS)) for ref in REFS for version in VERSIONS}
)


def deliver(engine, folder, rows, codes, now) -> None:
    path = folder / "rows.csv"
    lines = [f"{ref},2026-11-20T10:00,{codes[ref, version]},{version}" for ref, version in rows]
    path.write_text("\n".join(["ref,occurred_at,closing_code,version", *lines]) + "\n")
    named = ["ref", "occurred_at", "closing_code", "version"]
    mapping = mapping_for(FeedKind.INCIDENTS, named, codes={"closing_code": MAPPED})
    load_file(engine, kind=FeedKind.INCIDENTS, path=path, mapping=mapping, now=now)


def put_all_right(engine, steward, now) -> None:
    with transaction(engine) as session:
        rows = session.exec(select(QuarantinedRow)).all()
        faults = {Fault(row.kind, row.source_system, row.field, row.reason) for row in rows}
        for fault in sorted(faults):
            repair.put_right(session, actor=steward, fault=fault, change=Change(MEANS, {}), now=now)


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS, CODES)
def test_the_newest_version_stands_whoever_put_it_right_and_when(blank, tmp_path, steps, codes):
    with fresh(blank) as engine:
        with transaction(engine) as session:
            number = account(session)
        steward = Viewer(number, None, "Jo Stone", grants_of([(Role.DATA_STEWARD, None)]))
        came: dict[str, int] = {}
        for turn, step in enumerate([*steps, PUT_RIGHT]):
            now = NOW + timedelta(minutes=turn)
            if step == PUT_RIGHT:
                put_all_right(engine, steward, now)
                continue
            deliver(engine, tmp_path, step, codes, now)
            for ref, version in step:
                came[ref] = max(version, came.get(ref, 0))
        with reading(engine) as session:
            held = {row.source_ref: row for row in session.exec(select(Incident))}
            still = session.exec(
                select(QuarantinedRow).where(QuarantinedRow.resolved_at.is_(None))
            ).all()
            assert still == []
            assert differences(session) == []
        assert {ref: row.source_version for ref, row in held.items()} == came
        assert {ref: row.type_code for ref, row in held.items()} == {
            ref: MEANS[codes[ref, version]] for ref, version in came.items()
        }
