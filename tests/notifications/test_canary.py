"""A week of the whole demo force by e-mail: nothing about anybody is in any of it."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from app.accounts.models import Account
from app.database import transaction
from app.incidents.models import Incident
from app.incidents.queries import frameworks
from app.notifications.models import Mail, MailState, NotificationChoice
from app.people.models import Person, Unit
from jobs import notify, send_emails
from tests.conftest import NOW
from tests.wall.planting import plant
from tests.wall.searching import words_in

HEALTH = (
    "health",
    "sick",
    "absen",
    "trauma-",
    "psych",
    "stress",
    "suicid",
    "death",
    "injur",
    "debrief",
    "conversation",
    "referral",
    "trim",
    "counsel",
    "firearm",
    "incident",
    "officer",
    "team",
    "due",
)
WORD = re.compile(r"[a-z]{3,}")


def plain(letter) -> str:
    """An e-mail without what must differ: its number, its identifier, its moment, its address."""
    text = letter.as_string()
    for found in (letter["Date"], letter["To"], letter["Message-ID"].split("@")[0][1:]):
        text = text.replace(str(found), "…")
    text = re.sub(r"X-Peer: .*\n|X-MailFrom: .*\n|X-RcptTo: .*\n", "", text)
    return re.sub(r"\b\d+ new things?\b", "N", text)


@pytest.fixture
def letters(site, office, monkeypatch):
    """Every e-mail of a week, with everybody at an address that says nothing."""
    for name, value in {
        "SMTP_HOST": "localhost",
        "SMTP_PORT": str(office.server.port),
        "SMTP_TLS": "off",
        "INSTANCE": str(site.settings.instance),
        "MAIL_FROM": "tracker@northmoor.example",
        "SITE_URL": "https://tracker.northmoor.example",
    }.items():
        monkeypatch.setenv(name, value)
    with site.writing() as session:
        for account in session.exec(select(Account)):
            account.email = f"x{account.id}@northmoor.example"
            session.add(account)
            choice = {"delivery": "immediate", "digest_hour": 8, "account_id": account.id}
            session.add(NotificationChoice(**choice))
    for hours in range(0, 7 * 24, 6):
        for job in (notify, send_emails):
            with transaction(site.engine) as session:
                job.run(session=session, now=NOW + timedelta(hours=hours))
    return office.post.letters


@pytest.fixture
def planted(site):
    """A word of its own in every sensitive field of everybody, before anything is sent."""
    with site.writing() as session:
        return plant(session, site.keys)


def test_none_carries_a_word_that_is_in_a_sensitive_field(planted, letters):
    assert planted
    assert letters
    for letter in letters:
        body = letter.get_body().get_content().encode()
        assert words_in(letter.as_bytes() + body) == set()


def test_all_e_mails_are_alike_but_for_a_number(site, letters):
    with site.reading() as session:
        mails = session.exec(select(Mail)).all()
    assert len(letters) == len(mails) >= 10
    assert {mail.state for mail in mails} == {MailState.SENT}
    assert {letter["Message-ID"] for letter in letters} == {
        f"<{mail.public_id}@northmoor.example>" for mail in mails
    }
    # Nothing else differs, so nothing about anybody can be in it.
    assert len({plain(letter) for letter in letters}) == 1


def test_what_they_all_say_is_no_name_no_type_no_place_and_nothing_about_health(site, letters):
    said = f"{letters[0]['Subject']} {letters[0].get_content()}".lower()
    with site.reading() as session:
        held = [
            *session.exec(select(Person.given_name)),
            *session.exec(select(Person.family_name)),
            *session.exec(select(Person.source_ref)),
            *session.exec(select(Person.rank)),
            *session.exec(select(Unit.name)),
            *session.exec(select(Incident.area)),
            *session.exec(select(Incident.source_ref)),
            *session.exec(select(Account.display_name)),
            *session.exec(select(Account.username)),
            *frameworks(session).type_names().values(),
        ]
    words = {word for text in held for word in WORD.findall(text.lower())}
    # The one word they share is in the site's address, which the force chose itself.
    assert {word for word in WORD.findall(said) if word in words} <= {"northmoor"}
    assert [word for word in HEALTH if word in said] == []
