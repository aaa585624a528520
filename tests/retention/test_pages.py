"""The pages of the data steward, and what everybody sees of them."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.audit.models import AuditEntry
from app.incidents.models import Incident
from app.people.models import Person
from app.retention.models import LegalHold, RetentionPeriod
from app.security.permissions import Role
from tests.conftest import NOW

TODAY = NOW.date()
REVIEW = {"review_on-day": "1", "review_on-month": "3", "review_on-year": "2027"}
HOLD = {
    "about": "person",
    "reason": "claim",
    "reference": "LEG/77",
    "told": "told",
    **REVIEW,
}


@pytest.fixture
def steward(site):
    return site.sign_in_as(Role.DATA_STEWARD)


def ref_of(site, role: Role) -> str:
    with site.reading() as session:
        return session.get(Person, site.account(role).person_id).source_ref


def events(site, of: str) -> list[AuditEntry]:
    with site.reading() as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.event == of)))


def test_the_overview_shows_periods_holds_and_nights(site, steward):
    text = steward.get("/retention").page.text
    assert "Incidents, who attended, and the prompts that followed" in text
    assert "7 years" in text
    assert "LEG/2026/0114" in text
    assert "Finished" in text
    assert len(events(site, "legal_hold:viewed")) == 1
    assert "Held back" in steward.get("/retention/nights/1").page.text
    steward.get("/retention/nights/999", status=404)


def test_a_longer_period_holds_from_tonight_and_a_shorter_one_after_a_notice(site, steward):
    answer = {"months": "60", "reason": "advice", "reference": "DPO/3"}
    steward.post("/retention/classes/absences", answer)
    steward.post("/retention/classes/absences", {**answer, "months": "24"})
    steward.post("/retention/classes/hours", {**answer, "months": "35"})
    with site.reading() as session:
        found = {one.class_code: one for one in session.exec(select(RetentionPeriod))}
    absences, hours = found["absences"], found["hours"]
    assert (absences.months_before, absences.months) == (60, 24)
    assert absences.applies_from == hours.applies_from == TODAY + timedelta(days=28)
    assert (hours.months_before, hours.months) == (36, 35)
    assert "5 years" in steward.get("/retention").page.text
    details = [one.details for one in events(site, "retention:period_changed")]
    assert [(one["before"], one["months"]) for one in details] == [(36, 60), (60, 24), (36, 35)]


@pytest.mark.parametrize("months", ["11", "85", "", "1e2", "-1", "12.5"])
def test_a_period_outside_its_bounds_is_refused(site, steward, months):
    answer = {"months": months, "reason": "advice", "reference": ""}
    reply = steward.post("/retention/classes/absences", answer, status=422)
    assert "Enter a whole number from 12 to 84" in reply.page.text
    for code in ("equality", "no_such_class"):
        steward.post(f"/retention/classes/{code}", answer, status=404)


def test_somebody_sees_that_they_are_on_hold_and_why(site, steward):
    staff = site.sign_in_as(Role.STAFF)
    steward.post("/retention/holds/add", {**HOLD, "staff_number": ref_of(site, Role.STAFF)})
    text = staff.get("/my-record/kept").page.text
    assert "Your record is kept for longer" in text
    assert "A claim at a court or tribunal" in text
    assert "1 March 2027" in text
    # What the force's lawyers call it is theirs.
    assert "LEG/77" not in text
    # Of the demo's own hold, on an incident that they attended.
    assert "An inquest" in text
    placed = events(site, "legal_hold:placed")[0]
    assert placed.subject_person_id == site.account(Role.STAFF).person_id
    assert placed.details["told"] == "yes"
    other = site.sign_in_as(Role.SUPERVISOR).get("/my-record/kept").page.text
    assert "Your record is kept for longer" not in other


def test_where_a_law_forbids_it_nobody_is_told(site, steward):
    staff = site.sign_in_as(Role.STAFF)
    answer = {**HOLD, "told": "law", "staff_number": ref_of(site, Role.STAFF)}
    steward.post("/retention/holds/add", answer)
    assert "Your record is kept for longer" not in staff.get("/my-record/kept").page.text
    assert "legal hold" not in staff.get("/my-record").page.text.lower()
    assert events(site, "legal_hold:placed")[0].details["told"] == "law"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"staff_number": "nobody"}, "There is no record with this reference"),
        ({"staff_number": ""}, "Enter the staff number"),
        ({"about": "incident"}, "Enter the reference of the incident"),
        ({"review_on-year": "2026"}, "The day must be after today"),
        ({"review_on-year": "2029"}, "within a year"),
        ({"reference": ""}, "Enter the reference of the matter"),
        ({"told": ""}, "Choose whether they may be told"),
        ({"reference": "x" * 61}, "Use 60 characters or fewer"),
    ],
)
def test_a_hold_that_cannot_be_placed_says_why(site, steward, change, says):
    answer = {**HOLD, "staff_number": ref_of(site, Role.STAFF), **change}
    assert says in steward.post("/retention/holds/add", answer, status=422).page.text
    with site.reading() as session:
        assert len(session.exec(select(LegalHold)).all()) == 1


def test_an_incident_is_held_by_its_reference_kept_and_lifted(site, steward):
    with site.writing() as session:
        incident = session.exec(select(Incident).limit(1)).one()
        name = f"{incident.source_system}:{incident.source_ref}"
    reply = steward.post("/retention/holds/add", {**HOLD, "about": "incident", "incident": name})
    page = steward.follow(reply).page
    assert name.split(":")[1] in page.text
    later = {**REVIEW, "review_on-month": "6"}
    steward.post(f"{reply.location}/review", later)
    assert "1 June 2027" in steward.get(reply.location).page.text
    steward.post(f"{reply.location}/review", {**REVIEW, "review_on-day": "x"}, status=422)
    steward.post(f"{reply.location}/lift")
    assert "Lifted" in steward.get(reply.location).page.text
    steward.post(f"{reply.location}/lift", status=409)
    steward.post(f"{reply.location}/review", later, status=409)
    said = [len(events(site, f"legal_hold:{what}")) for what in ("placed", "reviewed", "lifted")]
    assert said == [1, 1, 1]


def test_a_hold_is_to_be_looked_at_from_its_day(site, steward):
    with site.writing() as session:
        row = session.exec(select(LegalHold)).one()
        row.review_on = TODAY + timedelta(days=1)
    assert "to be looked at again" not in steward.get("/retention").page.text
    with site.writing() as session:
        session.exec(select(LegalHold)).one().review_on = TODAY
    assert "A hold is to be looked at again" in steward.get("/retention").page.text


def test_nobody_but_the_steward_and_the_officer_reads_holds(site):
    from app.retention import queries  # noqa: PLC0415
    from app.security.viewer import Grant, Viewer  # noqa: PLC0415

    with site.reading() as session:
        for role in set(Role) - {Role.DATA_STEWARD, Role.DATA_PROTECTION_OFFICER}:
            viewer = Viewer(1, 1, "X", (Grant(role, None),))
            assert queries.holds(viewer, session) == []
            assert queries.people_called(viewer, session, name=ref_of(site, Role.STAFF)) == []
            assert queries.nights(viewer, session, asked=None)[0] == []
