"""The Today page: whom a supervisor is asked to talk to, and what they arrange, over HTTP."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accounts.models import Account, RoleGrant
from app.audit.models import AuditEntry
from app.exposure.models import PromptPerson, PromptState
from app.exposure.service import refresh
from app.people.models import (
    AbsenceSpell,
    AwayKind,
    AwaySpell,
    Person,
    Supervision,
    SupervisionKind,
    Unit,
    UnitAncestor,
)
from app.security.permissions import Role
from tests.conftest import NOW
from tests.factories import Force, account
from tests.teams.filling import answer

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)


class Shift:
    """Two teams below a district: a sergeant with a deputy, another sergeant, an inspector."""

    def __init__(self, site) -> None:
        self.site = site
        with site.writing() as session:
            force = Force(session)
            self.a, self.b = force.team("Response A"), force.team("Response B")
            top = force.district
            self.people = {
                "sergeant": force.person("Sara Geant", team=self.b),
                "deputy": force.person("Dee Puty", team=self.a),
                "other": force.person("Otto Her", team=self.b),
                "inspector": force.person("Ines Pector", team=top),
                "officer": force.person("Ada Moor", team=self.a),
                "second": force.person("Ben Hill", team=self.a),
            }
            self.accounts = {}
            for name, person in self.people.items():
                self.accounts[name] = account(session, person=person, name=name)
                if name not in {"officer", "second"}:
                    self.grant(session, name, Role.SUPERVISOR)
            self.accounts["lead"] = account(session, name="lead")
            self.grant(session, "lead", Role.WELLBEING_LEAD)
            self.lead(session, "sergeant", self.a)
            self.lead(session, "deputy", self.a, SupervisionKind.DEPUTY)
            self.lead(session, "other", self.b)
            self.lead(session, "inspector", top)
            self.incident = force.incident("suicide", NOW - timedelta(hours=20))
            for name in ("officer", "second"):
                force.attend(self.people[name], self.incident)
            refresh(session, incident_ids=[self.incident], person_ids=[], now=NOW)
        self.prompt = self.prompts("officer")[0].public_id

    def grant(self, session, name, role) -> None:
        session.add(RoleGrant(account_id=self.accounts[name], role=role, starts_on=TODAY))

    def lead(self, session, name, unit, kind=SupervisionKind.SUPERVISOR) -> None:
        session.add(
            Supervision(unit_id=unit, person_id=self.people[name], kind=kind, starts_on=TODAY)
        )

    def prompts(self, name) -> list[PromptPerson]:
        with self.site.reading() as session:
            wanted = PromptPerson.person_id == self.people[name]
            return list(session.exec(select(PromptPerson).where(wanted)).all())

    def public_id(self, name) -> str:
        with self.site.reading() as session:
            return session.get(Person, self.people[name]).public_id

    def sign_in(self, name):
        with self.site.reading() as session:
            return self.site.sign_in(session.get(Account, self.accounts[name]))

    def away(self, name, *, deputy=None, days=3) -> None:
        with self.site.writing() as session:
            session.add(
                AwaySpell(
                    person_id=self.people[name],
                    kind=AwayKind.LEAVE,
                    starts_on=TODAY,
                    ends_on=TODAY + timedelta(days=days),
                    deputy_id=self.people[deputy] if deputy else None,
                    recorded_at=NOW,
                    recorded_by_account_id=self.accounts[name],
                )
            )

    def asked(self) -> set[str]:
        """Whose Today page names the officer."""
        names = ("sergeant", "deputy", "other", "inspector")
        return {name for name in names if "Ada Moor" in self.sign_in(name).get("/today").text}


@pytest.fixture
def shift(empty_site):
    return Shift(empty_site)


def form_of(page, action):
    """The form on a page that leads to an address, with the values of its buttons."""
    form = page.page.form(f"form[action='{action}']")
    for button in page.page.select(f"form[action='{action}'] button[name]"):
        form.choices.setdefault(button["name"], []).append(button["value"])
    return form


def test_the_page_groups_people_by_incident_and_counts_them(shift):
    page = shift.sign_in("sergeant").get("/today").page
    assert [name.text for name in page.select(".ask-group h4")] == ["Ada Moor", "Ben Hill"]
    assert len(page.select(".ask-group")) == 1
    assert len(page.select(".ask")) == 2
    assert [figure.text for figure in page.select(".figure__value")] == ["2", "0", "0", "0", "0"]
    assert page.select(".ask a[href$='/return']")


def test_who_is_asked_follows_who_is_here(shift):
    assert shift.asked() == {"sergeant"}
    shift.away("sergeant", deputy="other")
    assert shift.asked() == {"other"}
    with shift.site.writing() as session:
        session.add(
            AbsenceSpell(
                person_id=shift.people["other"],
                starts_on=TODAY,
                psychological=False,
                recorded_at=NOW,
            )
        )
    assert shift.asked() == {"deputy"}
    shift.away("deputy")
    assert shift.asked() == {"inspector"}
    shift.away("inspector")
    assert shift.asked() == set()
    page = shift.sign_in("lead").get("/without-supervisor")
    assert "Ada Moor" in page.text


def test_a_deputy_who_was_chosen_reaches_the_team_and_only_while_it_lasts(shift, clock):
    with shift.site.reading() as session:
        team = session.get(Unit, shift.a).public_id
    other = shift.sign_in("other")
    other.get(f"/teams/{team}", status=404)
    shift.away("sergeant", deputy="other", days=0)
    assert "Ben Hill" in other.get(f"/teams/{team}").text
    other.get(f"/people/{shift.public_id('officer')}/return")
    clock.shift(timedelta(days=1))
    other = shift.sign_in("other")
    other.get(f"/teams/{team}", status=404)
    other.get(f"/people/{shift.public_id('officer')}", status=404)


def test_after_a_day_the_next_in_line_is_asked_too_and_reaches_that_person_alone(shift, clock):
    clock.move_to(NOW + timedelta(hours=72 - 20 + 23))
    assert shift.asked() == {"sergeant"}
    clock.shift(timedelta(hours=2))
    assert shift.asked() == {"sergeant", "inspector"}
    inspector = shift.sign_in("inspector")
    assert "Passed to you because nobody answered in time" in inspector.get("/today").text
    address = f"/people/{shift.public_id('officer')}"
    with shift.site.reading() as session:
        team = session.get(Unit, shift.a).public_id
    inspector.get(f"/teams/{team}", status=404)
    inspector.get(f"{address}/prompts/{shift.prompt}")
    form = inspector.get(f"{address}/return").page.form("#talk-form")
    said = answer(form, f"{address}/return", outcome="declined", declined_reason="not_now")
    reply = inspector.submit(form, **said)
    assert reply.location == "/today"
    # With the answer the reason is gone, and so is the reach.
    inspector.get(address, status=404)


def test_a_plan_holds_off_passing_it_on_and_a_plan_gone_by_does_not(shift, clock):
    clock.move_to(NOW + timedelta(days=4))
    sergeant = shift.sign_in("sergeant")
    page = sergeant.get("/today")
    form = form_of(page, f"/today/{shift.prompt}/plan")
    tomorrow = (TODAY + timedelta(days=5)).isoformat()
    assert tomorrow in page.text
    reply = sergeant.submit(form, quick=tomorrow)
    assert reply.location == f"/today#ask-{shift.prompt}"
    assert "Planned for tomorrow" in sergeant.get("/today").page.words(f"#ask-{shift.prompt}")
    row = shift.prompts("officer")[0]
    assert (row.state, row.planned_on.isoformat()) == (PromptState.OPEN, tomorrow)
    assert "inspector" not in shift.asked()
    clock.shift(timedelta(days=2))
    assert "inspector" in shift.asked()
    # A recount keeps what was arranged.
    with shift.site.writing() as session:
        refresh(session, incident_ids=[shift.incident], person_ids=[], now=NOW)
    assert shift.prompts("officer")[0].planned_on.isoformat() == tomorrow


def test_handing_over_asks_the_other_and_can_be_taken_back(shift):
    sergeant, deputy = shift.sign_in("sergeant"), shift.sign_in("deputy")
    page = sergeant.get(f"/today/{shift.prompt}")
    form = form_of(page, f"/today/{shift.prompt}/hand-over")
    offered = set(form.choices["to"]) - {""}
    assert offered == {shift.public_id("deputy"), shift.public_id("inspector")}
    sergeant.submit(form, to=shift.public_id("inspector"))
    inspector = shift.sign_in("inspector")
    assert "Handed to you" in inspector.get("/today").text
    inspector.get(f"/people/{shift.public_id('officer')}/return")
    inspector.get(f"/people/{shift.public_id('second')}", status=404)
    assert "Ada Moor" not in deputy.get("/today").text
    mine = sergeant.get("/today")
    assert "Handed to Ines Pector" in mine.text
    sergeant.submit(form_of(mine, f"/today/{shift.prompt}/take-back"))
    inspector.get(f"/people/{shift.public_id('officer')}", status=404)


def test_what_was_handed_to_somebody_who_goes_away_comes_back_by_itself(shift):
    sergeant = shift.sign_in("sergeant")
    form = form_of(sergeant.get(f"/today/{shift.prompt}"), f"/today/{shift.prompt}/hand-over")
    sergeant.submit(form, to=shift.public_id("inspector"))
    shift.away("inspector")
    assert shift.asked() == {"sergeant"}
    assert "Handed to" not in sergeant.get("/today").text


def test_putting_off_keeps_the_reason_and_the_day_and_ends_a_plan(shift):
    sergeant = shift.sign_in("sergeant")
    for action, more in (("plan", {}), ("put-off", {"reason": "rest_days"})):
        form = form_of(sergeant.get("/today"), f"/today/{shift.prompt}/{action}")
        sergeant.submit(form, quick=TOMORROW.isoformat(), **more)
    row = shift.prompts("officer")[0]
    assert (row.state, row.state_reason) == (PromptState.DEFERRED, "rest_days")
    assert (row.deferred_until, row.planned_on) == (TOMORROW, None)
    page = sergeant.get("/today").page
    assert [figure.text for figure in page.select(".figure__value")] == ["1", "0", "0", "0", "1"]


@pytest.mark.parametrize(
    ("action", "sent", "sentence"),
    [
        ("plan", {}, "Enter a date"),
        ("plan", {"quick": "2026-11-22"}, "within the next 28 days"),
        ("plan", {"quick": "2027-01-22"}, "within the next 28 days"),
        ("plan", {"planned_on-day": "31", "planned_on-month": "2", "planned_on-year": "2026"},
         "must be a real date"),
        ("put-off", {"quick": TOMORROW.isoformat()}, "Choose why it is put off"),
        ("put-off", {"reason": "on_leave", "quick": TODAY.isoformat()}, "from tomorrow on"),
        ("hand-over", {"to": "0" * 32}, "Not a valid choice"),
        ("hand-over", {}, "Choose who will talk"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_and_nothing_changes(shift, action, sent, sentence):
    sergeant = shift.sign_in("sergeant")
    sent = {"revision": "0", **sent}
    page = sergeant.post(f"/today/{shift.prompt}/{action}", sent, status=422)
    assert sentence in page.page.words(".govuk-error-summary")
    piece = sergeant.post(f"/today/{shift.prompt}/{action}", sent, status=422, htmx=True)
    assert sentence in piece.page.words("[role=alert]")
    assert shift.prompts("officer")[0].revision == 0


def test_the_second_of_two_editors_is_told_and_sees_how_it_stands(shift):
    sergeant = shift.sign_in("sergeant")
    old = form_of(sergeant.get("/today"), f"/today/{shift.prompt}/plan")
    sergeant.submit(old, quick=TOMORROW.isoformat())
    reply = sergeant.submit(old, quick=TODAY.isoformat(), status=409, htmx=True)
    assert "Somebody else changed this" in reply.page.words("[role=alert]")
    assert "Planned for tomorrow" in reply.text
    assert (
        "Somebody else changed this"
        in sergeant.submit(old, quick=TODAY.isoformat(), status=409).text
    )
    assert shift.prompts("officer")[0].planned_on == TOMORROW


def test_a_tap_changes_the_row_in_place_and_the_page_is_told_once(shift):
    sergeant = shift.sign_in("sergeant")
    page = sergeant.get("/today")
    listed = page.page.select("#today-list")[0]
    tag = {"HX-PTag": listed["hx-ptag"]}
    assert sergeant.get("/today/list", status=304, htmx=True, headers=tag).text == ""
    form = form_of(page, f"/today/{shift.prompt}/plan")
    reply = sergeant.submit(form, quick=TOMORROW.isoformat(), status=200, htmx=True)
    assert f'id="ask-{shift.prompt}"' in reply.text
    assert reply.page.select("h4[autofocus]")
    assert sergeant.get("/today/list", htmx=True, headers=tag).headers["HX-PTag"] != tag["HX-PTag"]


def test_whoever_is_not_asked_arranges_nothing(shift):
    for name in ("other", "inspector", "deputy"):
        who = shift.sign_in(name)
        assert "Ada Moor" not in who.get(f"/today/{shift.prompt}", status=409).text
        sent = {"revision": "0", "quick": TOMORROW.isoformat()}
        reply = who.post(f"/today/{shift.prompt}/plan", sent, status=409)
        assert "Ada Moor" not in reply.text
    assert shift.prompts("officer")[0].revision == 0


def test_every_look_is_written_down_and_the_person_can_see_it(shift):
    shift.sign_in("sergeant").get("/today")
    with shift.site.reading() as session:
        rows = session.exec(
            select(AuditEntry.subject_person_id).where(AuditEntry.event == "today:viewed")
        ).all()
    assert set(rows) == {shift.people["officer"], shift.people["second"]}
    page = shift.sign_in("officer").get("/my-record")
    assert "Saw on their list for the day that you are waiting" in page.text


def test_a_supervisor_waits_on_their_own_supervisors_page_and_is_told(shift):
    with shift.site.writing() as session:
        row = session.exec(
            select(PromptPerson).where(PromptPerson.person_id == shift.people["second"])
        ).one()
        row.person_id = shift.people["other"]
        session.add(row)
    page = shift.sign_in("other").get("/today")
    assert "Your own supervisor has been asked to talk to you" in page.text
    assert "Otto Her" not in page.page.words("#today-list")
    # He leads the unit he is posted to, so it goes to the one above.
    assert "Otto Her" in shift.sign_in("inspector").get("/today").page.words("#today-list")


def test_a_wellbeing_lead_closes_what_waits_for_somebody_who_left(shift):
    with shift.site.writing() as session:
        session.get(Person, shift.people["officer"]).left_on = TODAY - timedelta(days=1)
    assert shift.asked() == set()
    lead = shift.sign_in("lead")
    page = lead.get("/without-supervisor")
    assert "Left the force" in page.text
    action = f"/without-supervisor/{shift.prompt}/left"
    form = form_of(page, action)
    lead.submit(form)
    row = shift.prompts("officer")[0]
    assert (row.state, row.state_reason) == (PromptState.NOT_NEEDED, "left")
    lead.submit(form, status=409)
    other = shift.prompts("second")[0].public_id
    lead.post(f"/without-supervisor/{other}/left", {"revision": "0"}, status=409)


def test_the_page_takes_as_many_statements_for_forty_people_in_four_teams(shift):
    sergeant = shift.sign_in("sergeant")

    def asked() -> tuple[int, int, int]:
        page = sergeant.get("/today").page
        tag = {"HX-PTag": page.select("#today-list")[0]["hx-ptag"]}
        found = []
        for path, more in (("/today", {}), ("/today/list", {"htmx": True})):
            with shift.site.statements() as sent:
                sergeant.get(path, **more)
            found.append(len(sent))
        with shift.site.statements() as sent:
            sergeant.get("/today/list", status=304, htmx=True, headers=tag)
        return (*found, len(sent))

    few = asked()
    with shift.site.writing() as session:
        force = Force.__new__(Force)
        force.session = session
        for number in range(3):
            team = force.unit(f"Team {number}")
            session.add(UnitAncestor(unit_id=team, ancestor_id=shift.a, depth=1))
            shift.lead(session, "sergeant", team)
            incident = force.incident("suicide", NOW - timedelta(hours=number))
            for member in range(13):
                force.attend(force.person(f"Member {member}", team=team), incident)
            refresh(session, incident_ids=[incident], person_ids=[], now=NOW)
    assert asked() == few
    assert few[0] <= 26
    assert few[2] <= 5
