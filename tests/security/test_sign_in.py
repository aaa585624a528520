"""Signing in: who gets in, what a wrong guess is told, and how guessing slows down."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.accounts import service
from app.accounts.models import Account, SignInFailure
from app.accounts.service import FIRST_WAIT, FREE_TRIES, LONGEST_WAIT, wait_until
from app.audit.models import AuditEntry
from app.security.access import local_path
from app.security.models import BrowserSession
from tests.security.conftest import PASSWORD
from tests.site import Site

WRONG = "The user name or password is not right"
WAIT = "Wait a little"


def cookie(client) -> str:
    """The session token a browser holds."""
    held = client.http.get_cookie("tracker")
    return held.value if held else ""


def guess(client, sign_in, times: int, username: str = "sam") -> None:
    """Wrong guesses at one name."""
    for number in range(times):
        sign_in(client, username, f"guess {number}", status=422)


def test_the_right_name_and_password_open_the_site(quiet_site, sign_in):
    client = quiet_site.client()
    assert sign_in(client).location == "/"
    client.get("/")


def test_a_name_is_the_same_in_capitals(quiet_site, sign_in):
    sign_in(quiet_site.client(), " SAM ")


def test_signing_in_gives_a_new_session_so_that_a_planted_one_is_worth_nothing(quiet_site, sign_in):
    client, thief = quiet_site.client(), quiet_site.client()
    client.get("/sign-in")
    planted = cookie(client)
    sign_in(client)
    assert planted
    assert cookie(client) != planted
    thief.http.set_cookie("tracker", planted)
    assert thief.get("/", status=302).location.startswith("/sign-in")


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(quiet_site, sign_in):
    known = sign_in(quiet_site.client(), "sam", "wrong", status=422).page.words("main")
    unknown = sign_in(quiet_site.client(), "nobody", "wrong", status=422).page.words("main")
    assert WRONG in known
    assert known == unknown


def test_a_closed_account_is_answered_like_a_wrong_password(quiet_site, sign_in):
    with quiet_site.writing() as session:
        session.exec(select(Account)).one().active = False
    assert WRONG in sign_in(quiet_site.client(), status=422).page.words()


def test_after_five_wrong_guesses_even_the_right_password_waits(quiet_site, sign_in, clock):
    client = quiet_site.client()
    guess(client, sign_in, FREE_TRIES)
    assert WAIT in sign_in(client, status=422).page.words()
    clock.shift(FIRST_WAIT)
    sign_in(client)


def test_guessing_at_one_name_does_not_keep_anybody_else_out(quiet_site, sign_in, add_account):
    add_account(quiet_site, "alex")
    guess(quiet_site.client(), sign_in, FREE_TRIES + 1)
    sign_in(quiet_site.client(), "alex")


def test_names_that_do_not_exist_slow_down_just_the_same(quiet_site, sign_in):
    client = quiet_site.client()
    guess(client, sign_in, FREE_TRIES, "nobody")
    assert WAIT in sign_in(client, "nobody", status=422).page.words()


def test_waiting_is_shared_by_every_process_of_the_site(quiet_site, sign_in):
    other = Site(quiet_site.settings)
    guess(quiet_site.client(), sign_in, FREE_TRIES - 1)
    guess(other.client(), sign_in, 1)
    assert WAIT in sign_in(quiet_site.client(), status=422).page.words()
    other.close()


def test_the_wait_doubles_up_to_a_quarter_of_an_hour(now):
    def waits(failures: int) -> timedelta | None:
        until = wait_until(SignInFailure(username_hash="", failures=failures, last_failed_at=now))
        return until and until - now

    assert waits(FREE_TRIES - 1) is None
    assert waits(FREE_TRIES) == timedelta(seconds=10)
    assert waits(FREE_TRIES + 1) == timedelta(seconds=20)
    assert waits(FREE_TRIES + 3) == timedelta(seconds=80)
    assert waits(1000) == LONGEST_WAIT == timedelta(minutes=15)


def test_wrong_guesses_are_forgotten_after_an_hour_and_after_getting_in(quiet_site, sign_in, clock):
    client = quiet_site.client()
    guess(client, sign_in, FREE_TRIES)
    clock.shift(timedelta(hours=1, seconds=1))
    guess(client, sign_in, FREE_TRIES - 1)
    sign_in(client)
    with quiet_site.reading() as session:
        assert session.exec(select(SignInFailure)).all() == []


def test_what_is_kept_of_a_wrong_guess_names_nobody(quiet_site, sign_in):
    sign_in(quiet_site.client(), "sam", "a secret typed by mistake", status=422)
    with quiet_site.reading() as session:
        entry = session.exec(select(AuditEntry)).one()
        failure = session.exec(select(SignInFailure)).one()
    assert entry.event == "account:refused"
    kept = f"{entry.details}{failure.username_hash}"
    assert "sam" not in kept
    assert "mistake" not in kept


def test_getting_in_and_out_is_written_down(quiet_site, sign_in):
    client = quiet_site.client()
    sign_in(client)
    client.post("/sign-out")
    with quiet_site.reading() as session:
        assert [row.event for row in session.exec(select(AuditEntry))] == [
            "account:signed_in",
            "account:signed_out",
        ]


def test_an_empty_form_is_told_what_is_missing(quiet_site, sign_in):
    page = sign_in(quiet_site.client(), "", "", status=422).page
    assert page.one("title").get_text().startswith("Error: ")
    assert "Enter your user name" in page.words(".govuk-error-summary")
    assert "Enter your password" in page.words(".govuk-error-summary")


def test_a_password_is_never_sent_back(quiet_site, sign_in):
    assert "hunter22" not in sign_in(quiet_site.client(), "sam", "hunter22", status=422).text


def test_a_megabyte_of_password_is_refused_without_hashing_it(quiet_site, sign_in):
    sign_in(quiet_site.client(), "sam", "x" * 1_000_000, status=422)
    with quiet_site.reading() as session:
        assert session.exec(select(SignInFailure)).all() == []


def test_passwords_are_kept_as_argon2id(quiet_site):
    with quiet_site.reading() as session:
        kept = session.exec(select(Account)).one().password_hash
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_one_goes_on_to_the_page_one_asked_for(quiet_site, sign_in):
    client = quiet_site.client()
    asked = client.get("/my-record?page=2", status=None)
    if asked.status == 404:
        asked = client.get("/?from=mail", status=302)
    reply = sign_in(client, at=asked.location)
    assert reply.location in {"/my-record?page=2", "/?from=mail"}


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "/%5celsewhere.example\\",
        "/\t/elsewhere.example",
        "/\n//elsewhere.example",
        "javascript:alert(1)",
        "elsewhere",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(quiet_site, sign_in, target):
    assert local_path(target) is None
    client = quiet_site.client()
    form = client.get("/sign-in", query_string={"next": target}).page.form(
        "form:has(input[type=password])"
    )
    assert "elsewhere" not in form.action
    form.action = "/sign-in"
    reply = client.submit(form, username="sam", password=PASSWORD)
    assert reply.location == "/"


def test_somebody_signed_in_is_not_asked_again(quiet_site, sign_in):
    client = quiet_site.client()
    sign_in(client)
    assert client.get("/sign-in", status=302).location == "/"


def test_no_account_is_listed_outside_the_demo(make_site, sign_in):
    site = make_site(kind="empty", demo="off", secure_cookies=True)
    page = site.client().get("/sign-in", base_url="https://localhost").page
    assert "demo" not in page.words().lower()


def test_a_session_is_kept_only_for_somebody(quiet_site, sign_in):
    sign_in(quiet_site.client())
    with quiet_site.reading() as session:
        assert session.exec(select(BrowserSession)).one().account_id == 1


def test_nobody_who_writes_waits_while_a_password_is_compared(quiet_site, sign_in, monkeypatch):
    compare, written = service._matches, []

    def compare_while_another_writes(*args):
        with quiet_site.writing() as session:
            session.exec(select(Account)).one().display_name = "Changed meanwhile"
        written.append(True)
        return compare(*args)

    monkeypatch.setattr(service, "_matches", compare_while_another_writes)
    sign_in(quiet_site.client())
    assert written == [True]


def test_passwords_tried_at_the_same_moment_wait_like_those_tried_in_turn(quiet_site, now):
    def compared():
        with quiet_site.reading() as session:
            return service.compare(session, username="sam", password=PASSWORD, now=now)

    def decided(matched):
        with quiet_site.writing() as session:
            return service.authenticate(session, username="sam", matched=matched, now=now)

    # All of them are compared before the first is counted, the right one among them.
    right = compared()
    assert right
    for _ in range(FREE_TRIES):
        assert decided("") is service.Refusal.WRONG
    assert decided(right) is service.Refusal.WAIT


def test_a_password_changed_while_the_old_one_was_compared_is_the_one_that_counts(quiet_site, now):
    with quiet_site.reading() as session:
        matched = service.compare(session, username="sam", password=PASSWORD, now=now)
    with quiet_site.writing() as session:
        session.exec(select(Account)).one().password_hash = service.hash_password("another one")
    with quiet_site.writing() as session:
        found = service.authenticate(session, username="sam", matched=matched, now=now)
    assert found is service.Refusal.WRONG


def test_an_account_without_a_password_takes_as_long_to_refuse(quiet_site, sign_in, monkeypatch):
    with quiet_site.writing() as session:
        session.exec(select(Account)).one().password_hash = "!"
    compare, compared = service._matches, []
    monkeypatch.setattr(
        service, "_matches", lambda stored, given: compared.append(stored) or compare(stored, given)
    )
    sign_in(quiet_site.client(), status=422)
    assert compared == [service._NOBODY]
