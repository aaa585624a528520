"""Which rows are shown and in which order, for every filter with every sort, and no other word."""

from datetime import timedelta

import pytest

from app.debriefs.queries import Contact
from app.exposure.models import PromptState
from app.exposure.queries import WaitingPrompt, WindowCounts
from app.people.queries import Member
from app.teams.choosing import (
    DOWN,
    FIRST,
    QUIET,
    Choice,
    Show,
    chosen,
    headers,
    read_choice,
    table_columns,
    taken_away,
    type_tag,
)
from app.teams.queries import TeamRow
from tests.conftest import NOW

TODAY = NOW.date()
WINDOWS = (28, 365)
TYPES = ("suicide", "child_death")
OPEN, DEFERRED = PromptState.OPEN, PromptState.DEFERRED


def prompt(hours, state=OPEN, until=None):
    return WaitingPrompt("p", 1, "Why.", NOW + timedelta(hours=hours), state, until, 0, "i")


def row(number, name, *, counts=(0, 0), months=(0,), prompts=(), last=None, following=None):
    contact = Contact(TODAY - timedelta(days=last), following) if last is not None else None
    return TeamRow(
        Member(number, name * 32, name, "Constable"),
        WindowCounts(dict(zip(WINDOWS, counts, strict=True)), tuple(months)),
        tuple(prompts),
        contact,
    )


SOON = TODAY + timedelta(days=3)
ROWS = [
    row(1, "a", counts=(2, 4), months=(1, 3), prompts=[prompt(-5), prompt(9)], last=40),
    row(2, "b", counts=(0, 9), months=(9, 0), prompts=[prompt(30)]),
    row(3, "c", counts=(2, 2), months=(0, 2), last=28, following=TODAY),
    row(4, "d", prompts=[prompt(-90, DEFERRED, SOON)], last=2, following=SOON),
    row(5, "e", counts=(1, 1), months=(1, 0), last=27, following=TODAY - timedelta(days=9)),
]
"""As a query gives them: by family name."""


def names(found):
    return "".join(one.member.name for one in found)


def shown(choice, with_type=()):
    return names(chosen(ROWS, choice, now=NOW, with_type=set(with_type)))


ORDERS = {
    "name": ("abcde", "edcba"),
    "why": ("bdace", "abdce"),
    FIRST: ("abdce", "dbace"),
    "d28": ("bdeac", "acebd"),
    "d365": ("decab", "baced"),
    "months": ("decab", "baced"),
    "last": ("baced", "decab"),
    "next": ("ecdab", "dceab"),
}


@pytest.mark.parametrize("column", table_columns(WINDOWS), ids=lambda column: column.code)
def test_every_column_sorts_both_ways_with_those_who_have_nothing_in_it_last(column):
    upward, downward = ORDERS[column.code]
    assert shown(Choice(sort=column.code)) == upward
    assert shown(Choice(sort=column.code, down=True)) == downward


FITS = {
    Choice(show=(Show.WAITING,)): "ab",
    Choice(show=(Show.OVERDUE,)): "a",
    Choice(show=(Show.CHECK_IN,)): "ce",
    Choice(show=(Show.OVERDUE, Show.CHECK_IN)): "ace",
    Choice(quiet=28): "abc",
    Choice(quiet=28, show=(Show.CHECK_IN,)): "c",
    Choice(type_code="suicide"): "bd",
    Choice(type_code="suicide", quiet=56): "b",
}


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("choice", FITS, ids=lambda choice: choice.query())
def test_every_filter_leaves_the_same_people_in_whatever_order(choice, sort):
    sorted_so = Choice(choice.show, choice.quiet, choice.type_code, sort)
    found = shown(sorted_so, with_type=(2, 4))
    assert "".join(sorted(found)) == FITS[choice]
    assert found == "".join(one for one in ORDERS[sort][0] if one in FITS[choice])


def read(**asked):
    return read_choice(asked, windows=WINDOWS, types=TYPES)


@pytest.mark.parametrize("column", table_columns(WINDOWS), ids=lambda column: column.code)
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("days", [None, *QUIET])
def test_what_is_chosen_comes_back_from_its_address(column, down, days):
    choice = Choice(tuple(Show), days, TYPES[1], column.code, down)
    asked = {}
    for name, _, value in (pair.partition("=") for pair in choice.query().split("&")):
        asked.setdefault(name, []).append(value)
    assert read(**asked) == choice
    assert not any(code in choice.query() for code in TYPES)


@pytest.mark.parametrize(
    "asked",
    [
        {"show": ["everybody"]},
        {"quiet": ["1"]},
        {"quiet": ["28 OR 1"]},
        {"type": ["suicide"]},
        {"type": ["Sam Field"]},
        {"sort": ["rank"]},
        {"sort": ["--name"]},
        {"sort": ["d91"]},
        {"q": ["Sam Field"]},
        {"sort": []},
    ],
)
def test_a_word_that_is_in_no_list_is_as_if_it_were_not_there(asked):
    assert read(**asked) == Choice()


def test_a_heading_turns_round_what_it_sorts_and_begins_with_what_one_looks_for():
    found = {one.column.code: one for one in headers(Choice(sort="d28", down=True), WINDOWS, "/x")}
    assert found["d28"].sorted == "descending"
    assert found["d28"].address == "/x?sort=d28"
    assert found["d365"].address == f"/x?sort={DOWN}d365"
    assert found[FIRST].address == "/x"
    assert [one.sorted for one in found.values()].count("") == len(found) - 1


def test_each_thing_that_is_chosen_can_be_taken_away_by_itself():
    choice = Choice((Show.WAITING, Show.OVERDUE), 56, "suicide", "name")
    found = taken_away(choice, type_names={"suicide": "Suicide"}, longest=365, address="/x")
    assert {one.words: one.address for one in found} == {
        "Waiting for a conversation": f"/x?show=overdue&quiet=56&type={type_tag('suicide')}"
        "&sort=name",
        "Past the time limit": f"/x?show=waiting&quiet=56&type={type_tag('suicide')}&sort=name",
        "Not spoken to for 56 days": f"/x?show=waiting&show=overdue&type={type_tag('suicide')}"
        "&sort=name",
        "Suicide, last 365 days": "/x?show=waiting&show=overdue&quiet=56&sort=name",
    }


def test_a_day_put_off_is_not_before_today_for_having_been_due_long_ago():
    later = row(6, "f", prompts=[prompt(-200, DEFERRED, SOON + timedelta(days=1))])
    found = chosen([later, *ROWS], Choice(), now=NOW, with_type=set())
    assert names(found) == "abdfce"
