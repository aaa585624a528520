"""Editing, comparing and loading: pure, so tested without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.framework import loading
from app.framework.comparing import differences
from app.framework.editing import Section, change, new_code, put, without
from app.framework.loading import FileError, load, read
from app.incidents.framework import SHIPPED, Factor


def words(older, newer) -> list[tuple[str, str]]:
    return [(one.what, one.words) for one in differences(older, newer)]


def test_nothing_differs_from_itself():
    assert words(SHIPPED, SHIPPED) == []


def test_every_kind_of_difference_is_said():
    newer = put(SHIPPED, Section.TYPES, None, {"code": "fire", "name": "Fire"})
    newer = put(newer, Section.TYPES, "other", {"name": "Anything else", "always_prompts": True})
    newer = put(newer, Section.TYPES, "suicide", {"always_prompts": False, "weight": 3})
    newer = put(newer, Section.FACTORS, "alone", {"retired": True})
    newer = put(newer, Section.RULES, "three_in_28", {"count": 4, "types": ["fire"]})
    newer = without(newer, Section.RULES, "six_in_182")
    row = {"system": "storm", "field": "closing", "code": "1", "qualifier": "q", "type": "fire"}
    newer = change(
        newer,
        {
            "windows": [28, 365],
            "debrief_hours": 48,
            "check_in_days": 21,
            "wording": "Worded by A",
            "weights": "beside_counts",
            "code_map": [row | {"starts_on": "2026-02-01"}],
        },
    )
    assert words(SHIPPED, newer) == [
        ("Added", "Fire (fire)"),
        ("Changed", "Suicide: one attendance no longer asks for a conversation"),
        ("Changed", "Suicide: weight 3, was 1"),
        ("Changed", "“Other distressing incident” is now called “Anything else”"),
        ("Changed", "Anything else: one attendance asks for a conversation"),
        ("Retired", "Alone or single-crewed"),
        ("Changed", "4 incidents in 28 days, counting only: Fire (was: 3 incidents in 28 days)"),
        ("Removed", "6 incidents in 182 days"),
        ("Changed", "Windows: 28, 365 days (were 28, 91, 182, 365)"),
        ("Changed", "Talk within 48 hours (was 72)"),
        ("Changed", "Check in after 21 days (was 28)"),
        ("Changed", f"Worded by A (was: {SHIPPED.wording})"),
        ("Added", "storm, closing code 1 with qualifier q: Fire, from 01/02/2026"),
        ("Changed", "Switched on, beside counts only"),
    ]
    back = words(newer, SHIPPED)
    assert ("Removed", "Fire (fire)") in back
    assert ("In use again", "Alone or single-crewed") in back
    assert ("Switched off") in [said for _what, said in back]


@given(st.text(max_size=60), st.integers(0, 3))
def test_a_code_made_from_any_name_is_a_code_and_new(name, known):
    taken: set[str] = set()
    for _ in range(known + 1):
        code = new_code(name, taken)
        assert code not in taken
        assert Factor(code=code, name="Anything").code == code
        taken.add(code)


CSV = b"\xef\xbb\xbfName,Kind,Code,Always\r\nFire,type,,yes\r\nWind,factor,gust,\r\n"
YAML = b"- {name: Fire, kind: type, always: yes}\n- name: Wind\n  kind: factor\n  code: gust\n"


@pytest.mark.parametrize(("name", "content"), [("a.csv", CSV), ("a.YAML", YAML), ("a.yml", YAML)])
def test_a_list_is_the_same_from_csv_and_yaml(name, content):
    listed = read(name, content)
    assert listed.bad == ()
    outcome = load(SHIPPED, listed, replace=False)
    assert outcome.added == ["Fire (fire), asks on one attendance", "Wind (gust)"]
    assert outcome.framework.always() == SHIPPED.always() | {"fire"}
    assert outcome.absent == len(SHIPPED.types) + len(SHIPPED.factors)


def test_bad_rows_are_named_by_their_line_in_both():
    csv = b'code,name,kind\n,"Two\nlines",type\n,Fi,type\n\nx y,Wind,factor\n,A,B,C,D\n'
    assert [(row.line, row.reason[:24]) for row in read("a.csv", csv).bad] == [
        (4, "The name must be at leas"),
        (6, "The code must start with"),
        (7, "The row has something ot"),
    ]
    yaml = (
        b"- name: Fire\n  kind: type\n- just words\n"
        b"- name: Wind\n  kind: [factor]\n- {kind: type}\n"
    )
    assert [row.line for row in read("a.yaml", yaml).bad] == [3, 4, 6]
    twice = b"code,name,kind\nfire,Fire,type\nfire,Blaze,type\nfire,Fire,factor\n"
    assert [tuple(row) for row in read("a.csv", twice).bad] == [
        (3, "The code fire is on line 2 already")
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b'name,kind\n"Fire,type\n'),
        ("a.csv", b"name,kind\n" + b"Fire,type\n" * 501),
        ("a.csv", b"x" * (loading.LARGEST + 1)),
        ("a.yaml", b"[" * 5000),
        ("a.yaml", b"- &a [*a]\n- !!python/object:os.system {}\n" * 3),
        ("list", b"name,kind\nFire,type\n"),
    ],
)
def test_a_file_that_cannot_be_a_list_is_refused_or_its_rows_are(name, content):
    try:
        listed = read(name, content)
    except FileError:
        return
    assert listed.bad


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.yaml"]))
def test_no_file_at_all_breaks_the_reader(content, name):
    try:
        listed = read(name, content)
    except FileError:
        return
    assert listed.items or listed.bad


def test_what_is_loaded_twice_is_the_same_and_a_retired_type_stays_retired():
    held = put(SHIPPED, Section.TYPES, "other", {"retired": True, "weight": 4})
    listed = read("a.csv", b"code,name,kind\nother,Anything else,type\n")
    kept = load(held, listed, replace=False)
    assert kept.framework == held
    assert kept.kept == ["Other distressing incident (other); the file has Anything else (other)"]
    first = load(held, listed, replace=True)
    (changed,) = [one for one in first.framework.types if one.code == "other"]
    assert (changed.name, changed.retired, changed.weight) == ("Anything else", True, 4)
    again = load(first.framework, listed, replace=True)
    assert (again.framework, again.changed, again.same) == (first.framework, [], 1)
