"""Questions without a name: what is kept, who answers, and when they go."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select

from app.audit.models import AuditEntry
from app.common.clock import local_date
from app.database import writing
from app.notifications.inboxes import unanswered
from app.referrals.models import Support
from app.support import questions, receipts
from app.support.guesses import MOST, Guesses
from app.support.models import AnonymousMessage, AnonymousQuestion
from app.support.questions import SILENT_DAYS, WARNED_DAYS
from tests.conftest import NOW

TODAY = local_date(NOW)
CODE = "0123 4567 89AB CDEF"
PEER = Support.PEER_SUPPORT


@pytest.fixture
def asked(asking):
    """A question to peer support, for which Ada works."""
    asking.ada = asking.peer("Ada Moss")
    asking.nurse = asking.practitioner("Di Sand", of=Support.OCCUPATIONAL_HEALTH)
    questions.ask(
        asking.session, keys=asking.keys, service=PEER, text="Who sees it?", code=CODE, day=TODAY
    )
    return asking


def inbox(asked, viewer, day=TODAY):
    return questions.inbox(viewer, asked.session, keys=asked.keys, day=day)


def with_code(asked, code=CODE, day=TODAY):
    return questions.with_code(asked.session, keys=asked.keys, code=code, day=day)


def answer(asked, words="Nobody does", viewer=None, now=NOW):
    return questions.answer(
        asked.session,
        keys=asked.keys,
        viewer=viewer or asked.ada,
        public_id=inbox(asked, asked.ada)[0].public_id,
        text=words,
        now=now,
    )


def test_nothing_that_is_kept_says_who_asked_or_when(asked):
    tables = SQLModel.metadata.tables
    fields = {
        name: set(tables[name].columns.keys())
        for name in ("anonymous_question", "anonymous_message")
    }
    assert fields == {
        "anonymous_question": {"id", "public_id", "service", "receipt_hash", "last_on"},
        "anonymous_message": {
            "id",
            "public_id",
            "question_id",
            "from_service",
            "by_account_id",
            "written_on",
            "sealed",
        },
    }
    message = asked.session.exec(select(AnonymousMessage)).one()
    assert (message.by_account_id, message.written_on) == (None, TODAY)
    assert b"Who sees" not in message.sealed
    row = asked.session.exec(select(AnonymousQuestion)).one()
    assert receipts.plain(CODE) not in row.receipt_hash
    assert asked.session.exec(select(AuditEntry).where(AuditEntry.event == "question")).all() == []


def test_the_database_refuses_to_name_whoever_asked(asked):
    with pytest.raises(IntegrityError):
        asked.session.connection().execute(
            text("UPDATE anonymous_message SET by_account_id = :who"),
            {"who": asked.sam.account_id},
        )


def test_the_service_answers_and_the_code_opens_the_answer(asked):
    assert [one.waits for one in inbox(asked, asked.ada)] == [True]
    assert inbox(asked, asked.nurse) == []
    assert not answer(asked, viewer=asked.nurse)
    assert answer(asked)
    thread = with_code(asked)
    assert [(one.from_service, one.text) for one in thread.said] == [
        (False, "Who sees it?"),
        (True, "Nobody does"),
    ]
    for _twice in range(2):
        questions.write_back(
            asked.session,
            keys=asked.keys,
            public_id=thread.public_id,
            text="Thank you",
            day=TODAY,
        )
    assert [one.text for one in with_code(asked).said][2:] == ["Thank you"]
    written = asked.session.exec(
        select(AuditEntry).where(AuditEntry.event == "question:answered")
    ).all()
    assert [(row.actor_account_id, row.subject_person_id) for row in written] == [
        (asked.ada.account_id, None)
    ]


def test_unanswered_ones_come_first(asked):
    questions.ask(
        asked.session, keys=asked.keys, service=PEER, text="Second", code=CODE[::-1], day=TODAY
    )
    answer(asked)
    assert [one.waits for one in inbox(asked, asked.ada)] == [True, False]


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), "o123-4567-89ab-cdef", " 0l23456789ABCDEF "])
def test_a_code_may_be_typed_in_many_ways(asked, typed):
    found = with_code(asked, typed.replace("0l", "0I") if "0l" in typed else typed)
    assert found is not None


@pytest.mark.parametrize("typed", ["", "0123 4567 89AB CDEG", "' OR 1=1 --"])
def test_another_code_opens_nothing(asked, typed):
    assert with_code(asked, typed) is None


def test_sent_twice_is_kept_once(asked):
    questions.ask(
        asked.session, keys=asked.keys, service=PEER, text="Who sees it?", code=CODE, day=TODAY
    )
    assert len(asked.session.exec(select(AnonymousMessage)).all()) == 1


def test_it_goes_after_ninety_quiet_days_and_says_so_before(asked):
    last = TODAY + timedelta(days=SILENT_DAYS)
    before = last - timedelta(days=1)
    warned = last - timedelta(days=WARNED_DAYS)
    assert with_code(asked).goes_on == last
    assert not with_code(asked, day=warned - timedelta(days=1)).warned(warned - timedelta(days=1))
    assert with_code(asked, day=warned).warned(warned)
    assert questions.forget(asked.session, day=before) == 0
    assert with_code(asked, day=before) is not None
    assert with_code(asked, day=last) is None
    assert inbox(asked, asked.ada, day=last) == []
    assert questions.forget(asked.session, day=last) == 1
    assert asked.session.exec(select(AnonymousMessage)).all() == []


def test_an_answer_starts_the_days_again(asked):
    answer(asked, now=NOW + timedelta(days=80))
    later = TODAY + timedelta(days=SILENT_DAYS + 1)
    assert questions.forget(asked.session, day=later) == 0
    assert with_code(asked, day=later) is not None


def test_a_service_is_told_on_another_day_than_somebody_asked(asked):
    # Or the moment of telling would say when it was written.
    assert list(unanswered(asked.session, now=NOW)) == []
    subject = inbox(asked, asked.ada)[0].public_id
    tomorrow = NOW + timedelta(days=1)
    assert list(unanswered(asked.session, now=tomorrow)) == [(asked.ada.account_id, subject)]
    answer(asked)
    assert list(unanswered(asked.session, now=tomorrow)) == []


# --- Codes, slips and guesses ---------------------------------------------------------------------


def test_codes_are_long_and_never_alike():
    codes = {receipts.plain(receipts.new_code()) for _code in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {16}
    assert all(receipts.plain(code) == code for code in codes)


def test_a_slip_is_ours_fresh_and_unreadable(keys):
    slip = receipts.slip(keys, now=NOW, text="Who sees it?")
    assert "Who" not in slip
    assert receipts.read_slip(keys, slip, now=NOW)["text"] == "Who sees it?"
    assert receipts.read_slip(keys, slip, now=NOW + timedelta(hours=1, seconds=1)) is None
    assert receipts.read_slip(keys, slip[:-8] + "AAAAAAA=", now=NOW) is None
    assert receipts.read_slip(keys, "nonsense", now=NOW) is None


def test_guessing_is_slowed_down_for_one_and_not_for_others():
    guesses = Guesses()
    for _guess in range(MOST):
        assert not guesses.too_many(1, NOW)
        guesses.was_wrong(1, NOW)
    assert guesses.too_many(1, NOW)
    assert not guesses.too_many(2, NOW)
    assert not guesses.too_many(1, NOW + timedelta(hours=1))
    assert 1 not in guesses._wrong


def test_what_is_written_is_committed_with_no_more_than_the_day(engine, keys):
    with Session(writing(engine)) as session:
        questions.ask(session, keys=keys, service=PEER, text="x", code=CODE, day=TODAY)
        session.commit()
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM anonymous_question")).all()
        rows += connection.execute(text("SELECT * FROM anonymous_message")).all()
    assert not any("09:30" in repr(row) or "9, 30" in repr(row) for row in rows)
