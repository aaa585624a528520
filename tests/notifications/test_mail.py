"""Handing e-mails to a real mail server, in every mood it can be in."""

from dataclasses import replace
from socket import SHUT_RDWR

import pytest

from app.notifications.mail import Letter, UnavailableError, compose, connected, hand_over
from app.notifications.models import Problem
from tests.conftest import NOW
from tests.notifications.conftest import free_port, knows_password, signing_in

SIGNED_IN = {"authenticator": knows_password, "auth_required": True}
LETTER = Letter("jo.stone@northmoor.example", "c0ffee" * 5 + "00", 2)


def send(server, letters=(LETTER,)) -> list[Problem | None]:
    """What came of handing over some e-mails."""
    with connected(server) as smtp:
        return [hand_over(smtp, compose(server, letter, NOW)) for letter in letters]


def test_an_e_mail_is_a_number_and_a_link(office):
    assert send(office.server) == [None]
    (letter,) = office.post.letters
    assert letter["X-Went-To"] == letter["To"] == "jo.stone@northmoor.example"
    assert letter["From"] == "Trauma Tracker <tracker@northmoor.example>"
    assert letter["Subject"] == "Trauma Tracker: 2 new things to look at"
    assert letter["Message-ID"] == f"<{LETTER.public_id}@northmoor.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    lines = letter.get_content().splitlines()
    assert lines[:3] == [
        "You have 2 new things to look at in Trauma Tracker.",
        "",
        f"https://tracker.northmoor.example/notifications/e-mail/{LETTER.public_id}",
    ]
    assert lines[-1] == "https://tracker.northmoor.example/notifications/choices"


def test_one_thing_is_one_thing(office):
    send(office.server, [LETTER._replace(things=1)])
    assert office.post.letters[0]["Subject"] == "Trauma Tracker: 1 new thing to look at"


def test_over_a_trusted_line_and_signed_in(open_office, trusted, password_file):
    office = open_office(tls="starttls", files=trusted, **SIGNED_IN)
    assert send(signing_in(office.server, password_file)) == [None]
    assert len(office.post.letters) == 1


def test_over_a_line_that_is_encrypted_from_the_start(open_office, trusted):
    office = open_office(tls="tls", files=trusted)
    assert send(office.server) == [None]
    assert len(office.post.letters) == 1


def refusal(server) -> Problem:
    with pytest.raises(UnavailableError) as raised:
        send(server)
    # Nothing the server said goes further: it may repeat a name or a password.
    assert raised.value.__cause__ is None
    assert str(raised.value) == raised.value.problem.value
    return raised.value.problem


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_never_over_a_line_to_somebody_who_is_not_trusted(open_office, certificate, tls):
    office = open_office(tls=tls, files=certificate)
    assert refusal(office.server) is Problem.NOT_ENCRYPTED
    assert office.post.letters == []


def test_never_in_clear_when_the_server_refuses_to_encrypt(office):
    assert refusal(replace(office.server, tls="starttls")) is Problem.NOT_ENCRYPTED
    assert office.post.letters == []


def test_a_wrong_password_sends_nothing(open_office, trusted, password_file):
    office = open_office(tls="starttls", files=trusted, **SIGNED_IN)
    password_file.write_text("changed since")
    assert refusal(signing_in(office.server, password_file)) is Problem.NOT_SIGNED_IN
    password_file.unlink()
    assert refusal(signing_in(office.server, password_file)) is Problem.NOT_SIGNED_IN
    assert office.post.letters == []


def test_a_server_that_is_down_sends_nothing(office):
    assert refusal(replace(office.server, port=free_port())) is Problem.UNREACHABLE


@pytest.mark.parametrize(
    ("recipient", "data", "expected"),
    [
        ("450 mailbox busy", [], Problem.BUSY),
        ("550 no such mailbox", [], Problem.REFUSED),
        ("", ["452 disk full"], Problem.BUSY),
        ("", ["554 looks like spam"], Problem.REFUSED),
    ],
)
def test_one_refusal_says_whether_to_try_again_and_the_next_e_mail_goes(
    office, recipient, data, expected
):
    office.post.recipient_reply, office.post.data_replies = recipient, [*data]
    with connected(office.server) as smtp:
        assert hand_over(smtp, compose(office.server, LETTER, NOW)) is expected
        office.post.recipient_reply = ""
        assert hand_over(smtp, compose(office.server, LETTER, NOW)) is None
    assert len(office.post.letters) == 1


def test_a_line_that_goes_dead_after_the_e_mail_leaves_it_unknown(office):
    office.post.data_replies = ["hang up"]
    assert send(office.server) == [Problem.CUT_OFF]
    assert len(office.post.letters) == 1


def test_a_line_that_goes_dead_before_the_e_mail_is_known_to_have_sent_nothing(office):
    with connected(office.server) as smtp:
        smtp.sock.shutdown(SHUT_RDWR)
        assert hand_over(smtp, compose(office.server, LETTER, NOW)) is Problem.UNREACHABLE
    assert office.post.letters == []
