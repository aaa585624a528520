"""The numbers people go by: recycled, changed, overlapping, and staff numbers given again."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from app.accounts.models import Account
from app.audit.models import AuditEntry
from app.database import reading, transaction
from app.debriefs.models import Debrief, DebriefPerson, Setting
from app.debriefs.queries import conversations_of
from app.exposure import service as exposure
from app.exposure.models import Exposure, ExposureStatement, PromptPerson, StatementKind
from app.exposure.service import ConflictError
from app.feeds.doubts import Nobodys, Overlap, doubts
from app.people.doubts import people_in_doubt
from app.people.models import Person, Posting
from app.people.queries import members
from app.referrals.models import Support
from app.security.key_store import Purpose
from app.security.permissions import Role
from app.security.sealing import seal, unseal
from app.security.viewer import Grant, Viewer
from tests.feeds.conftest import NOW

A, B = {"ref": "P1", "family_name": "Ash"}, {"ref": "P2", "family_name": "Birch"}
COLLAR = {"system": "cad", "number": "47"}
A_UNTIL = {"ref": "N1", "person_ref": "P1", **COLLAR, "starts_on": "", "ends_on": "2020-12-31"}
B_SINCE = {"ref": "N2", "person_ref": "P2", **COLLAR, "starts_on": "2021-01-01", "ends_on": ""}
OLD = {"ref": "I1", "occurred_at": "2020-12-31 23:30", "type": "suicide"}
NEW = {"ref": "I2", "occurred_at": "2021-01-01 00:30", "type": "suicide"}
THERE = [
    {"ref": "A1", "person_ref": "47", "incident_ref": "I1"},
    {"ref": "A2", "person_ref": "47", "incident_ref": "I2"},
]
STEWARD = Viewer(9, None, "Data Steward", (Grant(Role.DATA_STEWARD, None),))
CAD = {"person_system": "cad"}
FILES = {
    "people": ([A, B], {}),
    "identifiers": ([A_UNTIL, B_SINCE], {}),
    "incidents": ([OLD, NEW], {}),
    "attendance": (THERE, CAD),
}


def exposed(feed) -> set[tuple[str, str]]:
    """Who is exposed to what; everything that is stored must be as a recount would have it."""
    people = {row.id: ref for ref, row in feed.all("people").items()}
    incidents = {row.id: ref for ref, row in feed.all("incidents").items()}
    with reading(feed.engine) as session:
        assert exposure.differences(session) == []
        rows = session.exec(select(Exposure)).all()
        return {(people[row.person_id], incidents[row.incident_id]) for row in rows}


@pytest.mark.parametrize("order", [list(FILES), list(reversed(FILES))])
def test_a_recycled_collar_number_is_whoever_had_it_that_day(feed_both, order):
    for kind in order:
        rows, mapping = FILES[kind]
        feed_both.load(kind, *rows, **mapping)
    assert exposed(feed_both) == {("P1", "I1"), ("P2", "I2")}
    assert feed_both.aside() == []


def test_what_counted_follows_an_identifier_that_changes_and_goes(feed_both):
    for kind, (rows, mapping) in FILES.items():
        feed_both.load(kind, *rows, **mapping)
    feed_both.load("identifiers", A_UNTIL | {"ends_on": "2020-12-30", "version": "2"})
    assert exposed(feed_both) == {("P2", "I2")}
    with reading(feed_both.engine) as session:
        assert doubts(STEWARD, session).nobodys == [Nobodys("cad", "47", 1)]
    feed_both.load("identifiers", B_SINCE | {"starts_on": "2020-01-01", "version": "2"})
    assert exposed(feed_both) == {("P2", "I1"), ("P2", "I2")}
    with reading(feed_both.engine) as session:
        assert doubts(STEWARD, session).overlaps == [Overlap("cad", "47", "N1", "N2")]
    withdrawn = dict.fromkeys(B_SINCE, "") | {"ref": "N2", "withdrawn": "yes", "version": "3"}
    feed_both.load("identifiers", withdrawn)
    assert exposed(feed_both) == {("P1", "I1")} - {("P1", "I1")}


def test_an_incident_of_another_day_was_attended_by_the_next_holder(feed_both):
    for kind, (rows, mapping) in FILES.items():
        feed_both.load(kind, *rows, **mapping)
    feed_both.load("incidents", OLD | {"occurred_at": "2021-02-01 10:00", "version": "2"})
    assert exposed(feed_both) == {("P2", "I1"), ("P2", "I2")}


def test_only_the_system_itself_or_hr_says_whose_a_number_is(feed_both):
    feed_both.load("people", A, B)
    feed_both.load("identifiers", B_SINCE, system="cad", person_system="hr")
    run = feed_both.load(
        "identifiers", B_SINCE | {"system": "hr", "number": "P1"}, system="cad", person_system="hr"
    )
    assert (run.stored, run.quarantined) == (0, 1)
    assert feed_both.aside()[0].field == "system"
    own = {"ref": "N9", "person_ref": "C1", "system": "hr", "number": "P1"}
    feed_both.load("people", {"ref": "C1"}, system="cad")
    feed_both.load("identifiers", own, system="cad")
    assert feed_both.all("people")["P1"].became_id is None


# --- Former staff numbers -------------------------------------------------------------------------

FORMER = {"ref": "N1", "person_ref": "P2", "system": "hr", "number": "P1"}


def of_the_former(feed, keys) -> None:
    """A conversation, a statement and an account of the number that will be a former one."""
    with transaction(feed.engine) as session:
        session.add(
            Account(
                username="ash", display_name="Ash", password_hash="", person_id=1, created_at=NOW
            )
        )
        talk = Debrief(held_on=date(2026, 11, 1), setting=Setting.IN_PERSON, recorded_at=NOW)
        session.add(talk)
        session.flush()
        sealed = seal(keys, owner=1, purpose=Purpose.RECORD, field="f", value=["child"])
        session.add(
            DebriefPerson(
                debrief_id=talk.id, person_id=1, primary_support=Support.NONE, sealed_factors=sealed
            )
        )
        for number in (1, 2):
            # Both numbers have said it of the first incident, and one of the second.
            session.add(
                ExposureStatement(
                    person_id=1,
                    incident_id=number,
                    kind=StatementKind.DISPUTED,
                    type_code="suicide",
                    said_at=NOW,
                )
            )
        session.add(
            ExposureStatement(
                person_id=2,
                incident_id=1,
                kind=StatementKind.DISPUTED,
                type_code="suicide",
                said_at=NOW,
            )
        )


def test_a_former_number_brings_everything_along_and_gives_it_back(feed_both, keys):
    feed_both.load("people", A, B)
    feed_both.load("incidents", OLD, NEW, NEW | {"ref": "I3"})
    feed_both.load(
        "attendance",
        *(row | {"person_ref": "P1"} for row in THERE),
        THERE[0] | {"ref": "A3", "incident_ref": "I3", "person_ref": "P1"},
    )
    feed_both.load(
        "postings", {"ref": "S1", "person_ref": "P1", "unit_ref": "U", "starts_on": "2020-01-01"}
    )
    of_the_former(feed_both, keys)
    feed_both.load("identifiers", FORMER)
    assert exposed(feed_both) == {("P2", "I3")}
    lead = Viewer(8, None, "Lead", (Grant(Role.WELLBEING_LEAD, None),))
    with reading(feed_both.engine) as session:
        assert [one.name for one in members(lead, session, unit_id=1, day=NOW.date())] == ["Birch"]
        (talk,) = conversations_of(lead, session, person_id=2)
        opened = unseal(
            keys,
            owner=talk.agreed.sealed_for,
            purpose=Purpose.RECORD,
            field="f",
            sealed=talk.agreed.sealed_factors,
        )
        assert opened == ["child"]
        assert session.exec(select(Account.person_id)).all() == [2]
        held = select(ExposureStatement.person_id).order_by(ExposureStatement.id)
        assert session.exec(held).all() == [1, 2, 2]
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.event == "record:carried_over"))
        assert entry.subject_person_id == 2
        assert entry.details == {"parts": ["account", "debrief_person", "exposure_statement"]}

    feed_both.load("identifiers", FORMER | {"withdrawn": "yes", "version": "2"})
    assert exposed(feed_both) == {("P1", "I3")}
    with reading(feed_both.engine) as session:
        assert session.exec(select(Account.person_id)).all() == [1]
        assert session.exec(held).all() == [1, 1, 2]
        assert session.exec(select(Posting.person_id)).all() == [1]
        assert conversations_of(lead, session, person_id=2) == []


def test_an_answer_is_carried_over_and_not_asked_for_again(feed_both):
    feed_both.load("people", A, B)
    start_prompting(feed_both)
    feed_both.load("incidents", NEW | {"occurred_at": "2026-11-20 08:00"})
    feed_both.load(
        "attendance",
        *({"ref": f"A{n}", "person_ref": f"P{n}", "incident_ref": "I2"} for n in (1, 2)),
    )
    with transaction(feed_both.engine) as session:
        mine = session.exec(select(PromptPerson).where(PromptPerson.person_id == 1)).one()
        mine.state = "not_needed"
        session.add(mine)
    feed_both.load("identifiers", FORMER)
    assert exposed(feed_both) == {("P2", "I2")}
    assert feed_both.query(select(PromptPerson.person_id, PromptPerson.state)) == [
        (2, "not_needed")
    ]


def start_prompting(feed) -> None:
    from app.exposure.models import PromptingStart  # noqa: PLC0415
    from app.people.models import Unit, UnitKind  # noqa: PLC0415

    with transaction(feed.engine) as session:
        session.add(Unit(source_system="own", source_ref="F", name="Force", kind=UnitKind.FORCE))
        session.flush()
        session.add(PromptingStart(unit_id=1, starts_on=date(2026, 1, 1)))


def test_numbers_in_a_circle_stay_their_own(feed_both):
    feed_both.load("people", A, B)
    back = {"ref": "N2", "person_ref": "P1", "system": "hr", "number": "P2"}
    feed_both.load("identifiers", FORMER, back)
    assert [row.became_id for row in feed_both.all("people").values()] == [None, None]


def test_a_number_that_may_have_been_given_again_is_its_holders_own(feed_both):
    over = FORMER | {"ends_on": "2020-12-31"}
    feed_both.load("people", A, B)
    feed_both.load("identifiers", over)
    assert feed_both.all("people")["P1"].became_id is None
    feed_both.load("people", A | {"joined_on": "2015-01-01", "version": "2"})
    assert feed_both.all("people")["P1"].became_id == 2
    feed_both.load("people", A | {"joined_on": "2021-01-01", "version": "3"})
    assert feed_both.all("people")["P1"].became_id is None
    feed_both.load("incidents", OLD, NEW)
    feed_both.load("attendance", *(row | {"person_ref": "P1"} for row in THERE))
    assert exposed(feed_both) == {("P2", "I1"), ("P1", "I2")}


# --- Leaving and coming back ----------------------------------------------------------------------


def test_leaving_under_a_payroll_number_ends_the_service_and_under_a_former_one_does_not(feed_both):
    feed_both.load("people", A, B)
    feed_both.load(
        "identifiers", FORMER, {"ref": "N2", "person_ref": "P2", "system": "pay", "number": "7"}
    )
    feed_both.load("leavers", {"person_ref": "P1", "left_on": "2026-10-31"})
    assert feed_both.all("people")["P2"].left_on is None
    feed_both.load("leavers", {"person_ref": "7", "left_on": "2026-11-01"}, system="pay")
    assert feed_both.all("people")["P2"].left_on == date(2026, 11, 1)
    feed_both.load("leavers", {"person_ref": "P2", "left_on": "2026-11-05"})
    assert feed_both.all("people")["P2"].left_on == date(2026, 11, 5)


LEFT = {"person_ref": "P1", "left_on": "2020-12-31", "version": "1"}
AGAIN = A | {"joined_on": "2021-01-01", "version": "2"}


@pytest.mark.parametrize("order", ["people first", "leavers first"])
def test_nobody_inherits_a_record_until_somebody_says_that_it_is_theirs(feed_both, order):
    feed_both.load("people", A)
    feed_both.load("incidents", OLD, NEW)
    feed_both.load("attendance", *(row | {"person_ref": "P1"} for row in THERE))
    files = [
        ("people", [AGAIN]),
        ("leavers", [LEFT | {"left_on": "2026-11-01", "version": "2"}, LEFT]),
    ]
    for kind, rows in files if order == "people first" else reversed(files):
        feed_both.load(kind, *rows)
    assert exposed(feed_both) == {("P1", "I2")}
    with reading(feed_both.engine) as session:
        (doubtful,) = people_in_doubt(STEWARD, session)
        assert people_in_doubt(Viewer(1, None, "x", ()), session) == []
    assert (doubtful.given_up_on, doubtful.joined_on) == (date(2020, 12, 31), date(2021, 1, 1))
    for same, seen in ((True, {("P1", "I1"), ("P1", "I2")}), (False, {("P1", "I2")})):
        with transaction(feed_both.engine) as session:
            session.merge(
                Account(id=1, username="s", display_name="S", password_hash="", created_at=NOW)
            )
            exposure.recognise(session, public_id=doubtful.public_id, same=same, actor=1, now=NOW)
        assert exposed(feed_both) == seen
        with reading(feed_both.engine) as session:
            assert people_in_doubt(STEWARD, session) == []


def test_somebody_who_joined_again_is_here_again(feed_both):
    feed_both.load("people", AGAIN)
    feed_both.load("leavers", LEFT)
    feed_both.load(
        "postings", {"ref": "S1", "person_ref": "P1", "unit_ref": "U", "starts_on": "2020-01-01"}
    )
    lead = Viewer(8, None, "Lead", (Grant(Role.WELLBEING_LEAD, None),))
    with reading(feed_both.engine) as session:
        assert len(members(lead, session, unit_id=1, day=NOW.date())) == 1
        assert len(members(lead, session, unit_id=1, day=date(2020, 12, 31))) == 1
    feed_both.load("people", AGAIN | {"joined_on": "2027-01-01", "version": "3"})
    with reading(feed_both.engine) as session:
        assert members(lead, session, unit_id=1, day=NOW.date()) == []


def test_there_is_nothing_to_decide_about_anybody_else(feed):
    feed.load("people", A)
    person = feed.all("people")["P1"]
    with transaction(feed.engine) as session, pytest.raises(ConflictError):
        exposure.recognise(session, public_id=person.public_id, same=True, actor=1, now=NOW)


def test_a_number_alone_is_nobody_and_becomes_somebody_when_people_say_so(feed_both):
    feed_both.load("people", B)
    alone = {"ref": "N1", "person_ref": "47", "system": "hr", "number": "48"}
    feed_both.load("identifiers", B_SINCE | {"system": "hr"}, alone)
    assert feed_both.all("people")["47"].counts_from == datetime(9999, 1, 1, tzinfo=UTC)
    assert feed_both.aside()[0].waiting_for == "staff:hr:47"
    assert feed_both.load("people", {"ref": "47", "family_name": "Oak"}).released == 1
    oak = feed_both.query(select(Person).where(Person.family_name == "Oak"))[0]
    assert (oak.only_number, oak.counts_from) == (False, None)
