"""The inbox, a referral, the lead's pages and taking one's own back, as people meet them."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.accounts.models import Account
from app.audit.models import AuditEntry
from app.people.models import Person
from app.referrals.models import (
    Outcome,
    PractitionerCare,
    Referral,
    ReferralState,
    ServicePractitioner,
    Support,
    SupportService,
)
from app.security.permissions import Role
from tests.conftest import NOW


def account(site, username):
    with site.reading() as session:
        return session.exec(select(Account).where(Account.username == username)).one()


@pytest.fixture
def peer(site):
    """The demo's peer supporter."""
    return site.sign_in(account(site, "practitioner@demo"))


@pytest.fixture
def trim(site):
    """The demo's TRiM practitioner."""
    return site.sign_in(account(site, "trim@demo"))


@pytest.fixture
def lead(site):
    return site.sign_in_as(Role.WELLBEING_LEAD)


def one(site, service, state, *, late=False):
    """A referral of the demo in a state, with its person's name."""
    with site.reading() as session:
        row, person = session.exec(
            select(Referral, Person)
            .join(Person, Person.id == Referral.person_id)
            .where(Referral.service == service, Referral.state == state)
            .order_by(Referral.sent_at.asc() if late else Referral.sent_at.desc())
        ).first()
    return row, f"{person.given_name} {person.family_name}"


def again(site, row):
    with site.reading() as session:
        return session.get(Referral, row.id)


def address(row):
    return f"/referrals/{row.public_id}"


def test_the_inbox_begins_with_what_is_overdue_and_holds_no_other_service(site, peer, trim):
    _late, name = one(site, Support.PEER_SUPPORT, ReferralState.SENT, late=True)
    page = peer.get("/referrals").page
    headings = [tag.text for tag in page.select("main h2")]
    assert headings[0] == "Overdue (1)"
    assert name in page.select("main table")[0].text
    assert "TRiM" not in page.words("main table")
    words = trim.get("/referrals").page.words("main")
    assert "Peer support" not in words
    assert "Taken back: do not contact them about it" in words


def test_neither_counts_nor_factors_are_in_an_inbox_or_a_referral(site, peer):
    row, _name = one(site, Support.PEER_SUPPORT, ReferralState.CONTACTED)
    for path in ("/referrals", address(row)):
        words = peer.get(path).page.words("main").lower()
        assert not any(word in words for word in ("incident", "exposure", "days)", "ticked"))


def test_each_look_is_written_down_and_the_person_sees_role_and_service(site, trim):
    staff = site.account(Role.STAFF)
    row, name = one(site, Support.TRIM, ReferralState.CONTACTED)
    assert name == staff.display_name
    trim.get("/referrals")
    trim.get(address(row))
    looks = site.sign_in(staff).get("/my-record/who-looked").page.select("main table")[-1].text
    looks = " ".join(looks.split())
    assert "Marcus Attwell Wellbeing practitioner Opened your referral (TRiM)" in looks
    assert "Saw your name in the list of a service you agreed to (TRiM)" in looks


def test_a_whole_case_from_taking_on_to_closing(site, peer):
    row, name = one(site, Support.PEER_SUPPORT, ReferralState.SENT)
    page = peer.get(address(row)).page
    shown = peer.follow(peer.submit(page.form())).page
    assert again(site, row).state is ReferralState.ACCEPTED
    refused = peer.submit(shown.form(), status=422, **{"day-year": "2027"}).page
    assert "must be today or in the past" in refused.words(".govuk-error-summary")
    shown = peer.follow(peer.submit(shown.form())).page
    assert again(site, row).contacted_on == NOW.date()
    step = peer.get(shown.select("a[href$='/meetings/first_meeting']")[0]["href"]).page.form()
    assert "Choose what to record" in peer.submit(step, status=422).text
    shown = peer.follow(peer.submit(step, what="held")).page
    assert "First meeting 26 November 2026 23 November 2026" in shown.words("main table")
    close = peer.get(f"{address(row)}/close").page.form()
    assert "Choose how it ended" in peer.submit(close, status=422).text
    peer.submit(close, outcome="completed", hard="yes")
    assert again(site, row).outcome is Outcome.COMPLETED
    with site.reading() as session:
        assert (
            session.exec(
                select(PractitionerCare.kind).order_by(col(PractitionerCare.id).desc())
            ).first()
            == "asked"
        )
    assert name not in peer.get("/referrals").page.words("main")


def test_passing_on_asks_for_a_service_and_a_fresh_agreement(site, peer):
    row, name = one(site, Support.PEER_SUPPORT, ReferralState.CONTACTED)
    form = peer.get(f"{address(row)}/close").page.form()
    page = peer.submit(form, status=422, outcome="passed_on").page
    assert "Choose the service to pass it on to" in page.words(".govuk-error-summary")
    page = peer.submit(form, status=422, outcome="passed_on", pass_to="chaplain").page
    assert "They have to agree before it is passed on" in page.words(".govuk-error-summary")
    peer.submit(form, outcome="passed_on", pass_to="chaplain", agreed="yes")
    with site.reading() as session:
        following = session.exec(select(Referral).where(Referral.passed_from_id == row.id)).one()
    assert (following.service, following.supervisor_sees) == (Support.CHAPLAIN, False)
    assert name


def test_two_practitioners_at_once_the_second_is_told(site, trim, peer):
    row, _name = one(site, Support.TRIM, ReferralState.SENT)
    with site.writing() as session:
        session.add(
            ServicePractitioner(
                account_id=account(site, "practitioner@demo").id,
                service=Support.TRIM,
                caseload_limit=3,
                added_at=NOW,
            )
        )
    mine = trim.get(address(row)).page.form()
    theirs = peer.get(address(row)).page.form()
    trim.submit(mine)
    told = peer.submit(theirs, status=409).text
    assert "A colleague took this on" in told
    assert "A colleague took this on" in peer.get(address(row), status=409).text
    assert again(site, row).practitioner_account_id == account(site, "trim@demo").id


def test_at_the_limit_a_sentence_says_so_and_the_lead_can_raise_it(site, peer, lead):
    row, _name = one(site, Support.PEER_SUPPORT, ReferralState.SENT)
    with site.writing() as session:
        seat = session.exec(
            select(ServicePractitioner).where(
                ServicePractitioner.service == Support.PEER_SUPPORT,
                ServicePractitioner.account_id == account(site, "practitioner@demo").id,
            )
        ).one()
        seat.caseload_limit = 7
    form = peer.get(address(row)).page.form()
    words = peer.submit(form, status=409).page.words("main")
    assert "You have 7 people, which is the most you have agreed to." in words
    change = lead.get(f"/referrals/practitioners/{seat.public_id}").page.form("form.return-form")
    assert "from 1 to 100" in lead.submit(change, status=422, caseload_limit="0").text
    lead.submit(change, caseload_limit="8")
    peer.submit(form)
    assert again(site, row).state is ReferralState.ACCEPTED


def test_the_lead_sees_what_is_overdue_and_hands_it_over(site, lead, trim):
    row, name = one(site, Support.TRIM, ReferralState.ACCEPTED)
    page = lead.get("/referrals/overview").page
    assert name in page.words("main")
    with site.writing() as session:
        session.add(
            ServicePractitioner(
                account_id=account(site, "oh@demo").id,
                service=Support.TRIM,
                caseload_limit=1,
                added_at=NOW,
            )
        )
    form = lead.get(f"/referrals/overview/{row.public_id}").page.form()
    assert "Choose who takes it on" in lead.submit(form, status=422).text
    lead.submit(form, to=form.choices["to"][0])
    assert again(site, row).practitioner_account_id == account(site, "oh@demo").id
    trim.get(address(row), status=409)


def test_the_lead_is_told_how_practitioners_are_and_never_about_whom(site, lead):
    page = lead.get("/referrals/overview").page
    cared = page.select("main table")[-1]
    assert "Sunita Marlowe Talk to them Took on 6 people" in " ".join(cared.text.split())
    sunita = account(site, "practitioner@demo").public_id
    form = page.form(f"form[action*='{sunita}']")
    after = lead.follow(lead.submit(form)).page
    assert "Talk to them" not in after.words("main")


def test_services_are_set_and_staffed(site, lead):
    form = lead.get("/referrals/services/chaplain").page.form()
    lead.submit(form, offered="no", accept_hours="48")
    with site.reading() as session:
        held = session.get(SupportService, Support.CHAPLAIN)
    assert (held.offered, held.accept_hours) == (False, 48)
    add = lead.get("/referrals/services/trim/practitioners").page.form()
    assert "Choose who" in lead.submit(add, status=422).text
    chosen = account(site, "oh@demo").public_id
    lead.submit(add, account=chosen, caseload_limit="3")
    page = lead.get("/referrals/services").page
    assert "Priya Castellan" in page.words("main")
    change = page.select("a[href*='/referrals/practitioners/']")[1]["href"]
    lead.submit(lead.get(change).page.form("form[action$='/remove']"))
    lead.get(change, status=404)
    for name in ("gp", "nonsense"):
        lead.get(f"/referrals/services/{name}", status=404)


def test_the_person_takes_it_back_and_others_cannot(site, trim):
    staff = site.account(Role.STAFF)
    me = site.sign_in(staff)
    page = me.get("/my-record/conversations").page
    assert "Marcus Attwell has it" in page.words("main")
    link = page.select("a[href*='/my-record/referrals/']")[0]["href"]
    site.sign_in_as(Role.SUPERVISOR).get(link, status=404)
    form = me.get(link).page.form()
    after = me.follow(me.submit(form)).page
    assert "You took it back" in after.words("main")
    assert me.submit(form).location.endswith("/my-record/conversations")
    assert me.get(link, status=303).location.endswith("/my-record/conversations")
    assert staff.display_name in trim.get("/referrals").page.words("main")


def test_a_supervisor_sees_how_far_it_has_got_and_nothing_more(site):
    staff = site.account(Role.STAFF)
    with site.writing() as session:
        row = session.exec(
            select(Referral).where(
                Referral.person_id == staff.person_id,
                Referral.service == Support.PEER_SUPPORT,
                col(Referral.supervisor_sees),
            )
        ).one()
        row.state, row.outcome, row.closed_at = ReferralState.CLOSED, Outcome.NOT_REACHED, NOW
    sergeant = site.sign_in_as(Role.SUPERVISOR)
    record = next(
        link["href"]
        for link in sergeant.get("/teams").page.select("a.person-link")
        if link.text == staff.display_name
    )
    words = sergeant.get(record).page.words("main")
    assert "TRiM: the service has made contact" in words
    assert "Peer support: closed" in words
    assert not any(
        word in words for word in ("Marcus Attwell", "Sunita", "reach", "by 15 December")
    )


def test_an_inbox_of_forty_takes_no_more_statements_than_of_five(site, peer):
    def statements():
        peer.get("/referrals")
        with site.statements() as sent:
            peer.get("/referrals")
        return len(sent)

    few = statements()
    with site.writing() as session:
        people = session.exec(select(Person.id).where(Person.left_on == None).limit(40)).all()  # noqa: E711
        for number in people:
            session.add(
                Referral(
                    person_id=number,
                    service=Support.PEER_SUPPORT,
                    state=ReferralState.SENT,
                    agreed_at=NOW - timedelta(hours=1),
                    sent_at=NOW - timedelta(hours=1),
                )
            )
    assert statements() == few <= 22
    with site.reading() as session:
        listed = select(AuditEntry).where(AuditEntry.event == "referral:listed")
        assert len(session.exec(listed).all()) > 80
