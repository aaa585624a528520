"""Packs asked for, made by the job runner, sealed, handed out and deleted, on both databases."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.accounts.models import Account, RoleGrant
from app.audit.models import AuditEntry
from app.audit.service import first_broken_link
from app.database import reading, transaction
from app.packs import making, queries, service
from app.packs.making import make_waiting
from app.packs.models import FileKind, PackState, TeamPack, TeamPackFile, Version
from app.packs.service import MovedError
from app.people.models import Posting, Supervision, SupervisionKind
from app.security.encryption import SealedError
from app.security.permissions import Role
from tests.conftest import NOW
from tests.factories import LONG_AGO, Force, account, at


def ask(team, version=Version.NAMED, days=28):
    """Have one queued; returns its number."""
    with transaction(team.engine) as session:
        row = service.ask(
            session,
            viewer=team.viewer(),
            unit=team.led(session),
            version=version,
            days=days,
            now=NOW,
        )
        return row.id


def row_of(team, number):
    with reading(team.engine) as session:
        return session.get(TeamPack, number)


def change(team, model, **values):
    """Change the team's only row of a table."""
    with transaction(team.engine) as session:
        for row in session.exec(select(model)).all():
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)


def open_file(team, number, keys, *, viewer=None, kind=FileKind.PDF):
    with reading(team.engine) as session:
        viewer = viewer or team.viewer()
        return service.open_file(
            session,
            viewer=viewer,
            row=session.get(TeamPack, number),
            kind=kind,
            ring=keys.ring,
            day=NOW.date(),
        )


def test_a_pack_is_made_sealed_and_written_down(team, keys):
    number = ask(team)
    assert row_of(team, number).state is PackState.QUEUED
    assert make_waiting(team.engine, ring=keys.ring, now=NOW) == (1, 0)
    row = row_of(team, number)
    assert (row.state, row.made_at, row.progress) == (PackState.READY, NOW, "")
    assert row.expires_at == NOW + timedelta(days=7)
    assert (row.first_on, row.last_on) == (date(2026, 10, 27), date(2026, 11, 23))
    with reading(team.engine) as session:
        kept = session.exec(select(TeamPackFile)).all()
        for one in kept:
            assert b"PDF" not in one.sealed[:300]
            assert b"xl/worksheets" not in one.sealed
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.event == "pack:made")).all()
        assert (entry.actor_account_id, entry.unit_id) == (team.account, team.unit)
        assert entry.details == {"pack": row.public_id, "version": "named"}
        assert first_broken_link(session) is None
    assert open_file(team, number, keys).startswith(b"%PDF")
    assert open_file(team, number, keys, kind=FileKind.SHEETS).startswith(b"PK")


def test_a_file_of_one_pack_does_not_open_as_that_of_another(team, keys):
    numbers = [ask(team), ask(team, days=91)]
    make_waiting(team.engine, ring=keys.ring, now=NOW)
    with transaction(team.engine) as session:
        one, other = (session.get(TeamPackFile, (number, FileKind.PDF)) for number in numbers)
        one.sealed, other.sealed = other.sealed, one.sealed
        session.add_all([one, other])
    with pytest.raises(SealedError):
        open_file(team, numbers[0], keys)


def test_who_asks_twice_waits_for_one(team):
    assert ask(team) == ask(team)
    assert ask(team) != ask(team, days=91)
    assert ask(team) != ask(team, Version.BRIEFING)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Supervision, {"ends_on": date(2026, 11, 22)}),
        (Account, {"active": False}),
        (RoleGrant, {"ends_on": date(2026, 11, 22)}),
    ],
    ids=["leads no longer", "account closed", "role ended"],
)
def test_for_somebody_who_leads_the_team_no_longer_nothing_is_made(team, keys, model, values):
    number = ask(team)
    change(team, model, **values)
    assert make_waiting(team.engine, ring=keys.ring, now=NOW) == (0, 1)
    row = row_of(team, number)
    assert (row.state, row.progress) == (PackState.REFUSED, service.NOBODYS)
    with reading(team.engine) as session:
        assert session.exec(select(TeamPackFile)).all() == []


def test_nor_can_they_reach_one_that_was_made(team, keys):
    number = ask(team)
    make_waiting(team.engine, ring=keys.ring, now=NOW)
    public_id, viewer = row_of(team, number).public_id, team.viewer()
    with reading(team.engine) as session:
        found = queries.pack(viewer, session, public_id=public_id, day=NOW.date(), now=NOW)
        assert found
        assert len(queries.packs_of(viewer, session, unit=found[0], now=NOW)) == 1
    change(team, Supervision, ends_on=date(2026, 11, 22))
    with reading(team.engine) as session:
        day = NOW.date()
        assert queries.pack(viewer, session, public_id=public_id, day=day, now=NOW) is None
        assert team.led(session) is None


def test_a_wellbeing_role_over_the_team_is_not_leading_it(team):
    with transaction(team.engine) as session:
        number = account(session)
        session.add(RoleGrant(account_id=number, role=Role.WELLBEING_LEAD, starts_on=LONG_AGO))
    with reading(team.engine) as session:
        assert team.led(session, team.viewer(number)) is None


def test_once_somebody_it_names_has_moved_it_is_not_handed_out(team, keys):
    named, briefing = ask(team), ask(team, Version.BRIEFING)
    make_waiting(team.engine, ring=keys.ring, now=NOW)
    with transaction(team.engine) as session:
        moved = session.exec(select(Posting).where(Posting.person_id == team.members[0])).one()
        moved.ends_on = date(2026, 11, 22)
        session.add(moved)
    with pytest.raises(MovedError):
        open_file(team, named, keys)
    assert open_file(team, briefing, keys).startswith(b"%PDF")


def test_a_deputy_whom_it_names_can_have_it(team, keys):
    number = ask(team)
    make_waiting(team.engine, ring=keys.ring, now=NOW)
    deputy = team.members[1]
    with transaction(team.engine) as session:
        theirs = account(session, person=deputy)
        session.add(RoleGrant(account_id=theirs, role=Role.SUPERVISOR, starts_on=LONG_AGO))
        session.add(
            Supervision(
                unit_id=team.unit,
                person_id=deputy,
                kind=SupervisionKind.DEPUTY,
                starts_on=LONG_AGO,
            )
        )
    assert open_file(team, number, keys, viewer=team.viewer(theirs)).startswith(b"%PDF")


class Killed(BaseException):
    """What no handler of errors catches, like the end of a process."""


@pytest.mark.parametrize("step", ["gather", "files_of", "_say", "_keep"])
def test_what_a_dead_runner_left_is_made_by_the_next(team, keys, monkeypatch, step):
    number = ask(team)

    def die(*_words, **_named):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(making, step, die)
        with pytest.raises(Killed):
            make_waiting(team.engine, ring=keys.ring, now=NOW)
    assert row_of(team, number).state is PackState.MAKING
    assert make_waiting(team.engine, ring=keys.ring, now=NOW) == (1, 0)
    assert (row_of(team, number).state, row_of(team, number).attempts) == (PackState.READY, 2)


def test_one_that_kills_every_runner_is_given_up(team, keys):
    number = ask(team)
    for _ in range(service.MOST_ATTEMPTS):
        with transaction(team.engine) as session:
            service.take_up_again(session)
            service.start(session)
    assert make_waiting(team.engine, ring=keys.ring, now=NOW) == (0, 0)
    assert row_of(team, number).state is PackState.FAILED


def test_one_that_fails_says_so_keeps_no_other_waiting_and_can_be_tried_again(
    team, keys, monkeypatch, caplog
):
    first, second = ask(team), ask(team, days=91)
    real, calls = making.files_of, []

    def fail_once(contents):
        calls.append(contents)
        if len(calls) == 1:
            raise ValueError(contents.tables[0].rows[0][0])
        return real(contents)

    monkeypatch.setattr(making, "files_of", fail_once)
    assert make_waiting(team.engine, ring=keys.ring, now=NOW) == (1, 1)
    row = row_of(team, first)
    assert (row.state, row.progress) == (PackState.FAILED, service.NOT_MADE)
    assert row_of(team, second).state is PackState.READY
    # Why it failed may say a name, so it is nowhere.
    assert "Amy" not in caplog.text
    assert "ValueError" in caplog.text
    with transaction(team.engine) as session:
        service.ask_again(session, row=session.get(TeamPack, first), now=NOW)
        service.ask_again(session, row=session.get(TeamPack, second), now=NOW)
    assert make_waiting(team.engine, ring=keys.ring, now=NOW) == (1, 0)
    assert row_of(team, second).attempts == 1


def test_every_month_has_one_for_each_team_with_a_supervisor_and_no_second(team, keys):
    with transaction(team.engine) as session:
        force = Force.__new__(Force)
        force.session = session
        unled = force.unit("Unled")
        deputy = force.person("Dee Puty")
        session.add(
            Supervision(
                unit_id=unled, person_id=deputy, kind=SupervisionKind.DEPUTY, starts_on=LONG_AGO
            )
        )

    def order(day):
        with transaction(team.engine) as session:
            return service.order_monthly(session, now=at(day))

    assert [order("2026-11-01"), order("2026-11-02"), order("2026-12-01")] == [1, 0, 1]
    asked_for = ask(team)
    with transaction(team.engine) as session:
        # Somebody waits for the one that was asked for last.
        assert service.start(session).id == asked_for
    make_waiting(team.engine, ring=keys.ring, now=NOW)
    with reading(team.engine) as session:
        found = session.exec(
            select(TeamPack).where(TeamPack.month.is_not(None)).order_by(TeamPack.month)
        ).all()
    assert [(row.first_on, row.last_on) for row in found] == [
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 30)),
    ]
    assert {(row.unit_id, row.version, row.state) for row in found} == {
        (team.unit, Version.NAMED, PackState.READY)
    }
    assert found[0].expires_at == NOW + timedelta(days=35)


def test_when_its_days_are_over_it_is_gone_files_and_all(team, keys):
    number = ask(team)
    make_waiting(team.engine, ring=keys.ring, now=NOW)
    ask(team, days=91)
    viewer, public_id = team.viewer(), row_of(team, number).public_id
    week = NOW + timedelta(days=7)
    with transaction(team.engine) as session:
        assert service.delete_expired(session, now=week - timedelta(seconds=1)) == 0
        # From that moment nobody gets it, whether or not the job has run.
        assert not queries.pack(viewer, session, public_id=public_id, day=NOW.date(), now=week)
        assert service.delete_expired(session, now=week) == 2
    with reading(team.engine) as session:
        assert session.exec(select(TeamPack)).all() == []
        assert session.exec(select(TeamPackFile)).all() == []
