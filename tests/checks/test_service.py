"""What is kept, for whom and for how long; on both databases."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from app.audit.models import AuditEntry
from app.checks import drafts, queries, service, wording
from app.checks.answers import Answers, first_open, reachable, steps
from app.checks.charts import lines, side_by_side
from app.checks.models import CheckDraft, CheckOffer, SelfCheck
from app.checks.questions import QUESTIONS, Change
from app.checks.sealing import BLOCK
from app.checks.service import NothingUnderWayError
from app.database import reading, transaction
from app.exposure.carrying import Move, carry_over
from app.instruments import library
from tests.checks.conftest import NOW, viewer
from tests.factories import Force

PHQ4 = library.load()["phq4"]
CHANGES = st.fixed_dictionaries({one.code: st.sampled_from(Change) for one in QUESTIONS})
ITEMS = st.fixed_dictionaries(
    {one.code: st.none() | st.integers(one.least, one.most) for one in PHQ4.items}
)


@given(
    changes=CHANGES, items=ITEMS, after=st.text(max_size=40), chosen=st.sampled_from(["", "phq4"])
)
def test_what_is_shown_back_is_what_was_answered(changes, items, after, chosen):
    instrument = PHQ4 if chosen else None
    answers = Answers(changes=changes, items=items if chosen else {}, after=after, chosen=chosen)
    about, twelve, *more = wording.said(answers, instrument)
    assert about.rows[0][1] == (after or wording.NOTHING)
    words = {
        one.text: {label: change for change, label in one.choices.items()} for one in QUESTIONS
    }
    back = [words[question][answer] for question, answer in twelve.rows]
    assert back == [changes[one.code] for one in QUESTIONS]
    assert len(more) == bool(chosen)
    for section in more:
        for item, (question, answer) in zip(PHQ4.items, section.rows, strict=True):
            values = {choice.label: choice.value for choice in item.choices}
            assert (question, values.get(answer)) == (item.text, items[item.code])


def test_one_goes_on_at_the_first_question_without_an_answer_and_cannot_jump():
    answers, done = Answers(), []
    for step in steps(PHQ4)[:-1]:
        chosen = PHQ4 if answers.chosen else None
        assert first_open(answers, chosen) == step
        assert all(reachable(answers, chosen, one) for one in [*done, step])
        later = steps(PHQ4)[len(done) + 1 :]
        assert not any(reachable(answers, chosen, one) for one in later)
        done.append(step)
        number = step.number - 1
        if step.part == "about":
            answers = answers.about("", None)
        elif step.part == "question":
            code = QUESTIONS[number].code
            answers = answers.with_change(code, Change.UNSAID)
        elif step.part == "choice":
            answers = answers.with_questionnaire("phq4")
        else:
            code = PHQ4.items[number].code
            answers = answers.with_item(code, None)
    assert first_open(answers, PHQ4).part == "review"


def test_another_questionnaire_takes_the_answers_to_the_first_with_it():
    answers = Answers(chosen="phq4", items={"q1": 3}, finished=True)
    assert answers.with_questionnaire("phq4").items == {"q1": 3}
    changed = answers.with_questionnaire("who5")
    assert (changed.items, changed.finished) == ({}, False)


def test_a_kept_check_reads_as_it_did_when_it_was_answered(doing):
    items = {"q1": 3, "q2": 3, "q3": 0, "q4": None}
    row = doing.keep(doing.answers(chosen="phq4", items=items, after="Suicide, 20 November 2026"))
    (one,) = doing.kept()
    assert (one.public_id, one.kept.answers.items) == (row.public_id, items)
    sections = wording.readable(one)
    assert sections[:-1] == wording.said(one.kept.answers, PHQ4)
    assert sections[-1].rows[0] == ("Total", "None: some answers are missing")
    assert doing.rows(CheckDraft) == 0


def test_a_note_is_its_persons_and_never_what_is_shared(doing):
    row = doing.keep(doing.answers())
    words = "Running helps."
    assert service.note(
        doing.session, viewer=doing.viewer, keys=doing.keys, public_id=row.public_id, words=words
    )
    (one,) = doing.kept()
    assert one.kept.note == words
    assert words not in str(wording.readable(one))


def test_nothing_is_kept_that_was_not_seen_to_its_end(doing):
    for answers in (doing.answers(), Answers(), Answers(finished=True)):
        doing.put(answers)
        with pytest.raises(NothingUnderWayError):
            service.keep(
                doing.session,
                viewer=doing.viewer,
                keys=doing.keys,
                instruments=library.load(),
                now=NOW,
            )
    assert doing.rows() == 0


@pytest.mark.parametrize(
    ("finished", "there", "gone"),
    [
        (False, timedelta(days=6, hours=14), timedelta(days=7)),
        (True, timedelta(minutes=59), timedelta(hours=2)),
    ],
)
def test_what_nobody_asked_to_keep_goes_in_time(doing, finished, there, gone):
    started = NOW + timedelta(minutes=17)
    doing.put(doing.answers(finished=finished), now=started)
    drafts.forget(doing.session, now=started + there)
    assert drafts.find(doing.viewer, doing.session, doing.keys, now=started + there)
    assert drafts.find(doing.viewer, doing.session, doing.keys, now=started + gone) is None
    (row,) = doing.session.exec(select(CheckDraft)).all()
    # The table tells of no minute, and of answers under way not even the hour.
    assert (row.delete_after.minute, row.delete_after.second) == (0, 0)
    assert finished or row.delete_after.hour == 0
    drafts.forget(doing.session, now=started + gone)
    assert doing.rows(CheckDraft) == 0


def test_leaving_deletes_at_once_and_answers_given_later_come_too_late(doing):
    doing.put(doing.answers())
    drafts.discard(doing.session, viewer=doing.viewer)
    assert doing.rows(CheckDraft) == 0
    with pytest.raises(NothingUnderWayError):
        service.answer(
            doing.session, viewer=doing.viewer, keys=doing.keys, change=Answers.seen, now=NOW
        )


def test_nobody_else_can_read_change_or_delete_one(doing):
    row, other = doing.keep(doing.answers()), doing.another()
    doing.put(doing.answers())
    session, keys, name = doing.session, doing.keys, row.public_id
    assert doing.kept(by=other) == []
    assert queries.kept_one(other, session, keys, public_id=name) is None
    assert drafts.find(other, session, keys, now=NOW) is None
    assert not service.note(session, viewer=other, keys=keys, public_id=name, words="x")
    assert not service.delete_one(session, viewer=other, public_id=name)
    service.delete_all(session, viewer=other, keys=keys, now=NOW)
    drafts.discard(session, viewer=other)
    assert (doing.rows(), doing.rows(CheckDraft)) == (1, 1)
    assert len(doing.kept()) == 1


def test_a_copy_opens_in_no_other_row(doing):
    row, other = doing.keep(doing.answers()), doing.another()
    doing.session.add(SelfCheck(person_id=doing.person, sealed=row.sealed, year=2026))
    doing.session.add(SelfCheck(person_id=other.person_id, sealed=row.sealed, year=2026))
    doing.session.add(
        CheckDraft(person_id=doing.person, sealed=row.sealed, delete_after=NOW + timedelta(days=1))
    )
    doing.session.flush()
    assert [one.public_id for one in doing.kept()] == [row.public_id]
    assert doing.kept(by=other) == []
    assert drafts.find(doing.viewer, doing.session, doing.keys, now=NOW) is None


def test_the_size_of_what_is_sealed_tells_nothing(doing):
    short = doing.keep(Answers(**doing.answers().model_dump()))
    long = doing.keep(
        doing.answers(chosen="phq4", items=dict.fromkeys(["q1", "q2", "q3", "q4"], 3))
    )
    before = len(long.sealed)
    service.note(
        doing.session,
        viewer=doing.viewer,
        keys=doing.keys,
        public_id=long.public_id,
        words="é" * 500,
    )
    assert len(short.sealed) == before == len(long.sealed)
    assert before - BLOCK < 100, "a nonce and a tag more than one block"


def test_deleting_all_leaves_nothing_that_opens(doing):
    other = doing.another()
    kept = [doing.keep(doing.answers()) for _ in range(2)]
    doing.keep(doing.answers(), by=other)
    doing.put(doing.answers())
    copies = [(row.public_id, row.sealed) for row in kept]
    service.delete_all(doing.session, viewer=doing.viewer, keys=doing.keys, now=NOW)
    assert (doing.rows(), doing.rows(CheckDraft)) == (1, 0)
    assert len(doing.kept(by=other)) == 1
    for public_id, sealed in copies:  # What a backup still has.
        doing.session.add(
            SelfCheck(public_id=public_id, person_id=doing.person, sealed=sealed, year=2026)
        )
    doing.session.flush()
    assert doing.kept() == []
    new = doing.keep(doing.answers())
    assert [one.public_id for one in doing.kept()] == [new.public_id]


def test_what_was_kept_under_a_former_number_still_opens(doing):
    before = doing.keep(doing.answers(after="before"))
    doing.put(doing.answers(after="under way"))
    today = doing.another()
    doing.keep(doing.answers(after="since"), by=today)
    move = Move(named_id=doing.person, was_id=doing.person, is_id=today.person_id)
    carry_over(doing.session, [move], now=NOW)
    assert {one.kept.answers.after for one in doing.kept(by=today)} == {"before", "since"}
    assert doing.kept() == []
    found = drafts.find(today, doing.session, doing.keys, now=NOW)
    assert found.after == "under way"
    assert service.note(
        doing.session, viewer=today, keys=doing.keys, public_id=before.public_id, words="mine"
    )
    assert "mine" in {one.kept.note for one in doing.kept(by=today)}


def test_deleting_all_spares_what_another_person_kept_under_the_same_number(doing):
    former = doing.keep(doing.answers(after="somebody else's"))
    them = doing.another()
    move = Move(named_id=doing.person, was_id=doing.person, is_id=them.person_id)
    carry_over(doing.session, [move], now=NOW)
    doing.keep(doing.answers(after="mine"))
    service.delete_all(doing.session, viewer=doing.viewer, keys=doing.keys, now=NOW)
    assert doing.kept() == []
    assert [one.public_id for one in doing.kept(by=them)] == [former.public_id]
    service.delete_all(doing.session, viewer=them, keys=doing.keys, now=NOW)
    assert doing.rows() == 0


def test_no_audit_entry_tells_that_somebody_did_one(doing):
    row = doing.keep(doing.answers())
    service.note(
        doing.session, viewer=doing.viewer, keys=doing.keys, public_id=row.public_id, words="x"
    )
    service.delete_one(doing.session, viewer=doing.viewer, public_id=row.public_id)
    service.delete_all(doing.session, viewer=doing.viewer, keys=doing.keys, now=NOW)
    assert doing.session.exec(select(AuditEntry)).all() == []


def test_the_force_switches_optional_ones_on_and_no_others(doing):
    def offer(*codes):
        service.offer(
            doing.session,
            viewer=doing.viewer,
            optional={"gad7", "audit_c"},
            chosen=set(codes),
            now=NOW,
        )
        return queries.switched_on(doing.session)

    assert offer("gad7", "pcl5", "made_up") == {"gad7"}
    first = doing.session.get(CheckOffer, "gad7")
    assert offer("gad7", "audit_c") == {"gad7", "audit_c"}
    assert doing.session.get(CheckOffer, "gad7") is first
    assert offer() == frozenset()
    written = [entry.details for entry in doing.session.exec(select(AuditEntry)).all()]
    assert written == [{"on": ["gad7"]}, {"on": ["audit_c", "gad7"]}, {"on": []}]


def test_two_windows_at_once_lose_neither_answer(engine, keys):
    with transaction(engine) as session:
        who = viewer(session, Force(session).person("Sam Field"))
        service.begin(session, viewer=who, keys=keys, now=NOW)
    together = Barrier(len(QUESTIONS))

    def answer(code):
        together.wait()
        with transaction(engine) as session:
            service.answer(
                session,
                viewer=who,
                keys=keys,
                change=lambda answers: answers.with_change(code, Change.MORE),
                now=NOW,
            )

    threads = [Thread(target=answer, args=(one.code,)) for one in QUESTIONS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        assert len(drafts.find(who, session, keys, now=NOW).harder()) == len(QUESTIONS)


# --- Change over time -----------------------------------------------------------------------------


def in_order(doing, code, *all_values):
    items = [item.code for item in library.load()[code].items]
    for days, values in enumerate(all_values):
        answers = doing.answers(chosen=code, items=dict(zip(items, values, strict=True)))
        doing.keep(answers, now=NOW + timedelta(days=days))
    return lines(doing.kept(), library.load())


def test_totals_stand_in_the_order_of_their_days_and_gaps_stay_gaps(doing):
    (line,) = in_order(doing, "phq4", (3, 3, 0, 0), (1, None, 0, 0), (0, 0, 0, 1))
    assert line.values == (6, None, 1)
    assert line.labels == ("23 Nov 2026", "24 Nov 2026", "25 Nov 2026")
    assert line.change == "", "its authors publish no change that is more than chance"


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [(2, 3, "easier"), (3, 2, "harder"), (2, 2, "can be chance")],
)
def test_a_change_is_called_one_only_where_it_is_published(doing, first, second, words):
    (line,) = in_order(doing, "who5", (first,) * 5, (second,) * 5)
    assert words in line.change


def test_a_questionnaire_answered_once_makes_no_line(doing):
    assert in_order(doing, "phq4", (0, 0, 0, 0)) == []


def test_the_table_shows_the_latest_six_oldest_first(doing):
    for days in range(8):
        answers = doing.answers(
            changes={one.code: Change.MORE if days == 7 else Change.LESS for one in QUESTIONS}
        )
        doing.keep(answers, now=NOW + timedelta(days=days))
    table = side_by_side(doing.kept())
    assert [when - NOW for _, when in table.columns] == [timedelta(days=n) for n in range(2, 8)]
    assert table.rows[0] == ("Sleep", ("Easier",) * 5 + ("Harder",))


def test_an_answer_is_in_no_table(doing):
    doing.keep(doing.answers(chosen="phq4", items=dict.fromkeys(["q1", "q2", "q3", "q4"], 3)))
    doing.put(doing.answers())
    for row in (
        doing.session.exec(select(SelfCheck)).all() + doing.session.exec(select(CheckDraft)).all()
    ):
        bare = json.dumps(row.model_dump(exclude={"sealed"}), default=str)
        assert not any(word in bare for word in ("phq4", "same", "sleep", "q1"))
        # Two letters may stand in any cipher text by chance; four do not.
        assert not any(word in row.sealed for word in (b"phq4", b"same", b"sleep"))
