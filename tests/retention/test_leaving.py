"""A year after somebody left, what named them is gone; what they attended is still counted."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from app.accounts.models import Account
from app.accounts.queries import viewer_for
from app.audit.models import AuditEntry
from app.exposure.models import Exposure
from app.people.models import (
    AbsenceSpell,
    Characteristic,
    CharacteristicKind,
    LeavingReason,
    Person,
    PersonNumber,
    Posting,
    Skill,
    StaffType,
)
from app.retention.models import AccountClosing, HoldReason, LegalHold
from app.security.encryption import SealedError
from app.security.key_store import Purpose
from app.security.models import BrowserSession
from app.security.sealing import seal, unseal
from tests.conftest import NOW
from tests.factories import Force, account, at
from tests.retention.conftest import TODAY, counted, noon

LEFT = date(2025, 11, 22)
"""The last day of somebody whose year was over yesterday."""


@pytest.fixture
def leaver(nights, keys):
    """Somebody who left a year ago: an account, a collar number, a former number, a sealed word."""
    with nights.write() as session:
        force = Force(session)
        team = force.team()
        sam = force.person("Sam Field", team=team)
        row = session.get(Person, sam)
        row.joined_on, row.left_on, row.leaving_reason = (
            date(2015, 4, 18),
            LEFT,
            LeavingReason.ORDINARY_RETIREMENT,
        )
        former = force.person("Sam Field")
        session.get(Person, former).became_id = sam
        incident = force.incident("suicide", at("2025-06-01"))
        force.attend(sam, incident)
        counted(session, force, [incident])
        for name in ("given", "spare"):
            session.add(Skill(person_id=sam, name=name, starts_on=LEFT))
        session.add(
            PersonNumber(
                source_system="hr",
                source_ref="N1",
                person_id=sam,
                number_id=former,
                starts_on=LEFT,
            )
        )
        session.add(Characteristic(person_id=sam, kind=CharacteristicKind.SEX, value="female"))
        sealed = seal(keys, owner=sam, purpose=Purpose.RECORD, field="a.b", value="no")
        by = account(session, person=sam, name="Sam Field")
        session.get(Account, by).email = "sam@northmoor.example"
        session.add(
            BrowserSession(token_hash="x", account_id=by, values={}, created_at=NOW, seen_at=NOW)
        )
        session.flush()
    return SimpleNamespace(person=sam, former=former, account=by, sealed=sealed, force=force)


def test_nothing_that_names_them_is_left(nights, leaver, keys):
    nights.run()
    with nights.write() as session:
        for number in (leaver.person, leaver.former):
            row = session.get(Person, number)
            assert (row.given_name, row.family_name, row.rank) == ("", "(name removed)", "")
            assert (row.source_system, row.digest) == ("gone", "")
        sam = session.get(Person, leaver.person)
        assert (sam.joined_on, sam.left_on) == (date(2015, 4, 1), date(2025, 11, 30))
        assert sam.staff_type is StaffType.OFFICER
        refs = session.exec(select(Posting.source_system, Posting.source_ref)).all()
        assert all(system == "gone" and ref.startswith("0") for system, ref in refs)
        for model in (PersonNumber, Skill, Characteristic):
            assert session.exec(select(model)).all() == []
        with pytest.raises(SealedError):
            unseal(
                keys,
                owner=leaver.person,
                purpose=Purpose.RECORD,
                field="a.b",
                sealed=leaver.sealed,
            )
        row = session.get(Account, leaver.account)
        assert (row.display_name, row.active) == ("Sam Field", False)
        assert (row.person_id, row.email, row.password_hash) == (None, None, "!")
        assert row.username.startswith("gone:")
        assert len(session.exec(select(Exposure)).all()) == 1
    nights.run(TODAY + timedelta(days=1))


def test_not_a_day_early(nights, leaver):
    nights.run(TODAY - timedelta(days=1))
    sam = nights.all(select(Person).where(Person.id == leaver.person))[0]
    assert (sam.family_name, sam.left_on) == ("Field", LEFT)
    assert nights.keys.owners_of({str(leaver.person)})
    # What is removed at leaving is removed.
    assert nights.all(select(Characteristic)) == []


def test_the_account_closes_at_once_and_opens_again_if_they_did_not_leave(nights, leaver):
    first = LEFT + timedelta(days=1)
    nights.run(LEFT)
    assert nights.all(select(Account.active).where(Account.id == leaver.account)) == [True]
    nights.run(first)
    with nights.write() as session:
        assert viewer_for(session, account_id=leaver.account, day=first) is None
        assert session.exec(select(BrowserSession)).all() == []
        session.get(Person, leaver.person).left_on = None
    nights.run(first + timedelta(days=1))
    with nights.write() as session:
        assert viewer_for(session, account_id=leaver.account, day=first) is not None
        assert session.exec(select(AccountClosing)).all() == []
    said = nights.all(select(AuditEntry.event).order_by(AuditEntry.id))
    assert said == ["account:closed", "account:opened"]


@pytest.mark.parametrize("why", ["joined again", "still at work", "on hold", "no last day"])
def test_who_has_not_left_for_good_keeps_their_name(nights, leaver, why):
    with nights.write() as session:
        row = session.get(Person, leaver.person)
        if why == "joined again":
            row.joined_on = LEFT + timedelta(days=100)
        elif why == "still at work":
            leaver.force.session = session
            incident = leaver.force.incident("suicide", at("2026-03-01"))
            leaver.force.attend(leaver.person, incident)
            counted(session, leaver.force, [incident])
        elif why == "on hold":
            session.add(
                LegalHold(
                    person_id=leaver.person,
                    reason=HoldReason.CLAIM,
                    reference="L/1",
                    review_on=TODAY,
                    since=NOW,
                    by_account_id=leaver.account,
                )
            )
        else:
            row.left_on = None
        session.add(row)
    nights.run()
    with nights.write() as session:
        assert session.get(Person, leaver.person).family_name == "Field"
    assert nights.keys.owners_of({str(leaver.person)})


def test_of_postings_that_overlap_the_same_one_counts(nights, leaver):
    with nights.write() as session:
        leaver.force.session = session
        other = leaver.force.team("Response B")
        leaver.force.post(leaver.person, other)
        incident = leaver.force.incident("suicide", at("2025-06-02"))
        leaver.force.attend(leaver.person, incident)
        counted(session, leaver.force, [incident, 1])
    before = nights.all(select(Exposure.unit_id))
    nights.run()
    assert nights.all(select(Exposure.unit_id)) == before


def test_an_absence_without_an_end_ends_with_the_service(quick):
    with quick.write() as session:
        force = Force(session)
        sam, jo = force.person("Sam Field"), force.person("Jo Stone")
        session.get(Person, sam).left_on = date(2023, 11, 10)
        for person in (sam, jo):
            session.add(
                AbsenceSpell(
                    person_id=person,
                    starts_on=date(2020, 1, 1),
                    psychological=True,
                    recorded_at=NOW,
                )
            )
    # The month of leaving is all that is kept of the day.
    quick.run(date(2026, 11, 30))
    assert len(quick.all(select(AbsenceSpell))) == 2
    quick.run(date(2026, 12, 1))
    assert quick.all(select(AbsenceSpell.person_id)) == [jo]


def test_an_account_closed_by_an_administrator_goes_a_year_after_it_was_first_seen_closed(quick):
    with quick.write() as session:
        Force(session)
        number = account(session, name="Jo Stone")
        session.get(Account, number).active = False
    quick.run()
    quick.run(TODAY + timedelta(days=365))
    assert not quick.all(select(Account.username))[0].startswith("gone:")
    quick.run(TODAY + timedelta(days=366))
    assert quick.all(select(Account.username))[0].startswith("gone:")
    quick.run(TODAY + timedelta(days=367), at=noon(TODAY + timedelta(days=367)))
    assert quick.all(select(AccountClosing)) == []
