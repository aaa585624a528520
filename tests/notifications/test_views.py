"""What people see of it: the count in the header, the page, links from e-mails, their choices."""

import re
from datetime import timedelta

import pytest
from sqlmodel import delete, select, update

from app.accounts.models import Account, RoleGrant
from app.audit.events import Event
from app.audit.models import AuditEntry
from app.database import transaction
from app.debriefs.models import DebriefPerson
from app.exposure.models import PromptPerson, PromptState
from app.notifications.models import (
    Delivery,
    Kind,
    Mail,
    MailState,
    Notification,
    NotificationChoice,
    Problem,
)
from app.packs.models import PackState, TeamPack
from app.people.models import Person, Posting
from app.security.permissions import Role
from jobs import notify, send_emails
from tests.conftest import NOW
from tests.notifications.conftest import free_port

HEADER = "#notifications"


@pytest.fixture
def nadia(site_both):
    """The demo's supervisor, signed in, without the pack that was made for her."""
    with site_both.writing() as session:
        session.exec(update(TeamPack).values(state=PackState.FAILED))
        session.exec(delete(Notification).where(Notification.kind == Kind.PACK))
    return site_both.sign_in_as(Role.SUPERVISOR)


def account_of(client):
    return client.site.account(Role.SUPERVISOR).id


def a_minute(site, after=timedelta(minutes=1)) -> None:
    for job in (notify, send_emails):
        with transaction(site.engine) as session:
            job.run(session=session, now=NOW + after)


def mail_to(site, account_id: int, *, topics: int) -> str:
    """An e-mail that told an account of some of what waits; returns its identifier."""
    with site.writing() as session:
        mail = Mail(account_id=account_id, planned_at=NOW, next_try_at=NOW, state=MailState.SENT)
        session.add(mail)
        session.flush()
        statement = (
            select(Notification.topic)
            .where(Notification.account_id == account_id)
            .distinct()
            .order_by(Notification.topic)
            .limit(topics)
        )
        session.exec(
            update(Notification)
            .where(
                Notification.account_id == account_id,
                Notification.topic.in_(session.exec(statement).all()),
            )
            .values(mail_id=mail.id)
        )
        return mail.public_id


def everybody_moves(site) -> None:
    """All of the demo supervisor's team is posted elsewhere from today."""
    with site.writing() as session:
        session.exec(update(Posting).values(ends_on=NOW.date() - timedelta(days=1)))


def unread(page) -> int:
    """How many the header says; none is said without a number."""
    words = page.words(HEADER)
    found = re.fullmatch(r"Notifications(?: (\d+) unread)?", words)
    assert found, words
    return int(found[1] or 0)


# --- On the site ----------------------------------------------------------------------------------


def test_the_header_counts_and_the_page_names_whom_it_may(nadia):
    many = unread(nadia.get("/").page)
    assert many >= 3
    page = nadia.get("/notifications").page
    assert len(page.select(".notifications__item")) == many
    with nadia.site.reading() as session:
        names = {f"{p.given_name} {p.family_name}" for p in session.exec(select(Person))}
        looks = session.exec(
            select(AuditEntry.subject_person_id).where(
                AuditEntry.event == LOOKED,
                AuditEntry.actor_account_id == account_of(nadia),
                AuditEntry.at == NOW,
            )
        ).all()
        seen = {
            f"{p.given_name} {p.family_name}"
            for p in session.exec(select(Person).where(Person.id.in_(looks)))
        }
    # Each of them can see that they were on the list.
    assert {name for name in names if name in page.words("main")} == seen
    assert len(seen) >= 3


LOOKED = Event.TODAY_VIEWED.value


def test_reading_and_opening_count_down_and_what_waits_stays(nadia):
    first, *others = nadia.get("/notifications").page.select(".notifications__item")
    read = next(f["action"] for f in first.select("form") if f["action"].endswith("/read"))
    nadia.post(read)
    assert unread(nadia.get("/").page) == len(others)
    page = nadia.get("/notifications").page
    assert len(page.select(".notifications__item")) == len(others) + 1
    opening = page.select(".notifications__item form")[0]["action"]
    assert opening.endswith("/open")
    reply = nadia.post(opening)
    assert nadia.follow(reply).status == 200
    assert unread(nadia.get("/").page) == len(others) - 1
    nadia.submit(nadia.get("/notifications").page.form("main form[action='/notifications/read']"))
    page = nadia.get("/notifications").page
    assert unread(page) == 0
    assert page.select("form[action='/notifications/read']") == []


def test_a_page_that_stays_open_asks_for_the_number_and_is_told_only_of_changes(nadia):
    link = nadia.get("/").page.one(HEADER)
    tag, address = link["hx-ptag"], link["hx-get"]
    assert nadia.get(address, htmx=True, headers={"HX-PTag": tag}, status=304).text == ""
    nadia.post("/notifications/read")
    reply = nadia.get(address, htmx=True, headers={"HX-PTag": tag})
    assert reply.page.words("a") == "Notifications"
    assert reply.headers["HX-PTag"] == reply.page.one(HEADER)["hx-ptag"] == "n0"


def test_a_page_whose_session_has_ended_is_left_as_it_is(site):
    reply = site.client().get(
        "/notifications/count", htmx=True, headers={"HX-PTag": "n5"}, status=204
    )
    assert "HX-Redirect" not in reply.headers


def test_nobody_is_named_who_has_moved_even_before_the_next_minute(nadia):
    (opening,) = {
        f["action"] for f in nadia.get("/notifications").page.select("form[action$='/open']")[:1]
    }
    everybody_moves(nadia.site)
    page = nadia.get("/notifications").page
    assert page.select(".notifications__item") == []
    assert "Nothing waits for you" in page.words("main")
    assert "Nothing of this waits for you any more" in nadia.post(opening, status=200).page.words()
    a_minute(nadia.site)
    assert unread(nadia.get("/").page) == 0


def test_what_another_was_told_can_be_neither_read_nor_opened(nadia):
    with nadia.site.reading() as session:
        other = session.exec(
            select(Notification.public_id).where(Notification.account_id != account_of(nadia))
        ).first()
    for action in ("read", "open"):
        nadia.post(f"/notifications/{other}/{action}", status=404)
    with nadia.site.reading() as session:
        row = session.exec(select(Notification).where(Notification.public_id == other)).one()
    assert row.read_at is None


# --- Links from e-mails ---------------------------------------------------------------------------


def test_a_link_leads_through_signing_in_to_the_one_thing_or_to_the_list(nadia):
    site, number = nadia.site, account_of(nadia)
    all_ = mail_to(site, number, topics=9)
    one = mail_to(site, number, topics=1)
    path = f"/notifications/e-mail/{one}"
    asked = site.client().get(path, status=302)
    assert asked.location == f"/sign-in?next={path}"
    lands = nadia.get(path, status=303)
    assert re.fullmatch(r"/people/[0-9a-f]{32}|/today#ask-[0-9a-f]{32}", lands.location)
    assert nadia.follow(lands).status == 200
    assert nadia.get(f"/notifications/e-mail/{all_}", status=303).location == "/notifications"


def test_a_link_says_so_when_nothing_of_it_waits_any_more(nadia):
    mail = mail_to(nadia.site, account_of(nadia), topics=9)
    with nadia.site.writing() as session:
        session.exec(update(PromptPerson).values(state=PromptState.HELD))
        session.exec(update(DebriefPerson).values(next_contact_on=None))
    a_minute(nadia.site)
    page = nadia.get(f"/notifications/e-mail/{mail}").page
    assert page.words("h1") == "Nothing of this waits for you any more"


def test_a_link_that_was_forwarded_says_so_and_nothing_else(nadia):
    mail = mail_to(nadia.site, account_of(nadia), topics=9)
    for role in (Role.STAFF, Role.ADMINISTRATOR, Role.WELLBEING_LEAD):
        page = nadia.site.sign_in_as(role).get(f"/notifications/e-mail/{mail}", status=404).page
        assert page.words("h1") == "This link is not yours"
        assert "Talk to" not in page.text


# --- Choices --------------------------------------------------------------------------------------


def form_of(client):
    return client.get("/notifications/choices").page.form("main form[method=post]")


def test_what_somebody_chooses_is_kept_and_shown_again(nadia):
    wanted = {
        "address": "nadia.holroyd@northmoor.example",
        "delivery": "digest",
        "digest_hour": "6",
        "quiet_from": "8",
        "quiet_to": "16",
    }
    for values in (wanted, wanted | {"delivery": "in_app", "quiet_from": "", "quiet_to": ""}):
        nadia.submit(form_of(nadia), **values)
        shown = form_of(nadia).values
        assert {name: shown[name] for name in wanted} == values
    with nadia.site.reading() as session:
        row = session.get_one(NotificationChoice, account_of(nadia))
        assert (row.delivery, row.quiet_from) == (Delivery.IN_APP, None)
        written = session.exec(
            select(AuditEntry.details).where(AuditEntry.event == Event.ACCOUNT_EMAIL_CHANGED.value)
        ).all()
    # Once, for it changed once; and not to what.
    assert written == [{}]
    nadia.submit(form_of(nadia), address="")
    with nadia.site.reading() as session:
        assert session.get_one(Account, account_of(nadia)).email is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": "nadia"}, "correct format"),
        ({"address": "nadia@northmoor"}, "correct format"),
        ({"address": "a@b.example\nBcc: c@d.example"}, "correct format"),
        ({"address": "a@b.example, c@d.example"}, "correct format"),
        ({"address": "ńadia@northmoor.example"}, "correct format"),
        ({"address": "n" * 260 + "@b.example"}, "too long"),
        ({"delivery": "by pigeon"}, "Not a valid choice"),
        ({"digest_hour": "24"}, "Not a valid choice"),
        ({"quiet_from": "", "quiet_to": "7"}, "Choose both"),
        ({"quiet_from": "7", "quiet_to": "7"}, "another hour"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_the_field(site, wrong, words):
    client = site.sign_in_as(Role.STAFF)
    reply = client.submit(form_of(client), status=422, **wrong)
    assert words in reply.page.words(".govuk-error-summary")
    with site.reading() as session:
        assert session.exec(select(NotificationChoice)).all() == []


def test_a_force_may_keep_e_mails_within_its_own_domains(make_site, office):
    from dataclasses import replace  # noqa: PLC0415

    server = replace(office.server, domains=("northmoor.example",))
    client = make_site(mail=server).sign_in_as(Role.STAFF)
    assert "not set up" not in client.get("/notifications/choices").page.words("main")
    reply = client.submit(form_of(client), status=422, address="me@elsewhere.example")
    assert "northmoor.example" in reply.page.words(".govuk-error-summary")
    client.submit(form_of(client), address="me@Northmoor.example")


def test_who_was_refused_is_told_and_the_administrator_sees_counts_and_nobody(nadia, monkeypatch):
    site = nadia.site
    nadia.submit(form_of(nadia), address="gone@northmoor.example")
    for name, value in {
        "SMTP_HOST": "localhost",
        "SMTP_PORT": str(free_port()),
        "SMTP_TLS": "off",
        "MAIL_FROM": "tracker@northmoor.example",
        "SITE_URL": "https://tracker.northmoor.example",
    }.items():
        monkeypatch.setenv(name, value)
    a_minute(site)
    admin = site.sign_in_as(Role.ADMINISTRATOR)
    page = admin.get("/notifications/delivery").page
    assert "The mail server cannot be reached." in page.words("main")
    assert re.search(r"1 of \d+ open accounts have an e-mail address", page.words("main"))
    with site.writing() as session:
        mail = session.exec(select(Mail)).one()
        mail.state, mail.problem, mail.ended_at = MailState.REFUSED, Problem.REFUSED, NOW
        session.add(mail)
    page = admin.get("/notifications/delivery").page
    assert page.words("tbody") == "Refused by the mail server 1"
    assert "gone@" not in page.text
    assert "Nadia" not in page.text
    assert "refused" in nadia.get("/notifications/choices").page.words("main")


def test_without_the_role_nobody_is_told_of_a_team(nadia):
    with nadia.site.writing() as session:
        session.exec(
            update(RoleGrant)
            .where(RoleGrant.role == Role.SUPERVISOR)
            .values(ends_on=NOW.date() - timedelta(days=1))
        )
    a_minute(nadia.site)
    assert unread(nadia.get("/").page) == 0
