"""Scores against known answers, the traps among them, and what holds whatever was answered."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.instruments import scoring
from app.instruments.scoring import LEFT_OUT, AnswerError, score
from tests.instruments.vectors import ASKED, FILLED, SHIPPED, answers, named, vectors_of
from tests.reading import too_old

ALL = [*ASKED, *FILLED]
VECTORS = vectors_of(ALL)


@pytest.mark.parametrize(("instrument", "vector"), VECTORS, ids=named(VECTORS))
def test_every_known_answer_comes_out(instrument, vector):
    result = score(instrument, answers(instrument, vector.answers))
    assert result.complete is vector.complete
    assert result.total == vector.total
    assert result.safety is vector.safety
    assert result.band == vector.band
    found = {part.name: (part.value, part.reached) for part in result.parts}
    assert {name: found.get(name) for name in vector.parts} == dict(vector.parts)
    rules = {rule.name: rule.met for rule in result.rules}
    assert {name: rules.get(name) for name in vector.rules} == dict(vector.rules)


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.code)
def test_known_answers_reach_every_end_edge_and_rule(instrument):
    results = [
        (one, score(instrument, answers(instrument, one.answers))) for one in instrument.vectors
    ]
    totals = {result.total for _one, result in results}
    if instrument.scoring.way != "rule":
        assert {results[0][1].bottom, results[0][1].top} <= totals
    if instrument.scoring.bands:
        assert instrument.scoring.bands[0].start <= results[0][1].bottom
    assert {band.name for band in instrument.scoring.bands} <= {one.band for one, _ in results}
    for rule in instrument.scoring.rules:
        assert {one.rules.get(rule.name) for one, _ in results} >= {True, False}
    for part in instrument.scoring.parts:
        if part.cut_off is not None:
            said = {one.parts[part.name][1] for one, _ in results if part.name in one.parts}
            assert said == {True, False}
    assert any(not one.complete for one, _ in results)
    if instrument.risk:
        assert {one.safety for one, _ in results} == {True, False}


def test_answers_that_a_questionnaire_cannot_have_are_refused_without_telling_them():
    phq4 = SHIPPED["phq4"]
    for wrong in ({"q9": 1}, {"q1": 4}, {"q1": -1}):
        with pytest.raises(AnswerError) as refused:
            score(phq4, wrong)
        assert str(refused.value) == "phq4: an answer that is not among the choices."


def test_what_was_left_out_is_said_and_is_not_a_no():
    result = score(SHIPPED["phq4"], {"q1": 0, "q2": 0, "q3": None})
    assert result.missing == ("q3", "q4")
    assert result.total is None
    assert result.words == LEFT_OUT
    assert result.parts == ()


def test_the_conversion_table_covers_every_sum():
    swemwbs = next(one for one in FILLED if one.code == "swemwbs")
    assert list(swemwbs.scoring.table) == list(range(7, 36))
    values = list(swemwbs.scoring.table.values())
    assert values == sorted(set(values))


# Words that say what somebody has, or will have. Clinicians read other words.
VERDICTS = r"diagnos|disorder|depress|anxiety|ptsd|sever|moderate|positive|risk of|symptom|likely"


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.code)
def test_the_person_never_reads_a_verdict(instrument):
    said = [score(instrument, answers(instrument, one.answers)) for one in instrument.vectors]
    words = {one.words for one in said}
    if not instrument.for_clinicians:
        words |= {f"{part.name} {part.words}" for one in said for part in one.parts}
    assert all(words)
    assert [one for one in words if re.search(VERDICTS, one, re.IGNORECASE)] == []


@pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.code)
def test_what_the_person_reads_is_plain(instrument):
    """By the Flesch-Kincaid grade and 5 years, at most 11; the authors' questions are not ours."""
    scoring = instrument.scoring
    own = [band.words for band in scoring.bands] + [scoring.words] * bool(scoring.words)
    if not instrument.for_clinicians:
        own += [words for part in scoring.parts for words in (part.reached, part.below) if words]
    assert too_old([*own, LEFT_OUT]) == ""


@st.composite
def answered(draw, *, gaps=False):
    """A questionnaire and answers to it; with ``gaps``, some are left out."""
    instrument = draw(st.sampled_from(ALL))
    values = [
        draw(st.sampled_from([choice.value for choice in item.choices] + [None] * gaps))
        for item in instrument.items
    ]
    return instrument, answers(instrument, values)


@settings(deadline=None)
@given(answered(gaps=True))
def test_a_total_lies_between_the_ends_and_needs_as_many_answers_as_the_rule_says(drawn):
    instrument, given_answers = drawn
    result = score(instrument, given_answers)
    left_out = sum(value is None for value in given_answers.values())
    assert result.complete is (left_out <= instrument.scoring.missing_allowed)
    assert len(result.missing) == left_out
    if result.total is not None:
        assert result.bottom <= result.total <= result.top
    if not result.complete:
        assert (result.total, result.parts, result.rules, result.band) == (None, (), (), "")


@settings(deadline=None)
@given(answered(), st.data())
def test_a_greater_answer_never_moves_the_total_the_other_way(drawn, data):
    instrument, given_answers = drawn
    item = data.draw(st.sampled_from(instrument.items))
    greater = data.draw(st.sampled_from([choice.value for choice in item.choices]))
    low, high = sorted([given_answers[item.code], greater])
    before = score(instrument, given_answers | {item.code: low})
    after = score(instrument, given_answers | {item.code: high})
    assert before.safety <= after.safety
    if before.total is None:
        return
    if item.code in instrument.scoring.reversed:
        before, after = after, before
    assert before.total <= after.total
    assert (before.total < after.total) is (low < high)


@settings(deadline=None)
@given(answered(gaps=True))
def test_leaving_an_answer_out_never_counts_as_the_lowest_one(drawn):
    instrument, given_answers = drawn
    as_no = {
        item.code: item.least if given_answers[item.code] is None else given_answers[item.code]
        for item in instrument.items
    }
    result = score(instrument, given_answers)
    if result.missing and result.total is not None:
        counted = scoring.score(instrument, as_no)
        answered_share = 1 - len(result.missing) / len(instrument.items)
        reversed_gaps = set(result.missing) & set(instrument.scoring.reversed)
        if not reversed_gaps:
            assert result.total == round(counted.total / answered_share, 1)


@settings(deadline=None)
@given(answered(gaps=True))
def test_help_is_shown_for_a_risk_answer_whatever_else_was_said(drawn):
    instrument, given_answers = drawn
    risky = any(
        (given_answers[code] is not None) and given_answers[code] >= value
        for code, value in instrument.risk.items()
    )
    assert score(instrument, given_answers).safety is risky
