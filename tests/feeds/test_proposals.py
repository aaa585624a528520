"""A guess at what a code means: only where one type stands out, and never more than a guess."""

import pytest

from app.feeds.proposals import Proposal, propose
from app.incidents.framework import SHIPPED, CodeRow


def guess(code: str, *rows: CodeRow, system: str = "cad", field: str = "closing_code"):
    framework = SHIPPED.model_copy(update={"code_map": rows})
    return propose(framework, system=system, field=field, code=code)


def row(code: str, meaning: str | None, system: str = "cad", field: str = "opening") -> CodeRow:
    return CodeRow(system=system, field=field, code=code, type=meaning)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("SUICIDE", "suicide"),
        ("suicidal male", "suicide"),
        ("attempted suicide", "suicide_attempt"),
        ("FATAL-COLLISION", "fatal_collision"),
        ("Homicde", "homicide"),
        ("DeathMessage", "death_message"),
        ("Child death", "child_death"),
        ("Rape", "sexual_offence"),
    ],
)
def test_words_point_to_a_type(code, meaning):
    found = guess(code)
    assert found.type == meaning
    assert SHIPPED.type_names()[meaning] in found.why


@pytest.mark.parametrize("code", ["", "  ", "SU2", "DOM-7", "DEATH", "OTHER", "ASSAULT", "of", "7"])
def test_what_could_be_anything_gets_no_guess(code):
    assert guess(code) is None


def test_the_same_code_elsewhere_decides_before_words():
    found = guess("Suicide", row("SUICIDE", "homicide"))
    assert found == Proposal(
        "homicide", "As an opening code it means “Murder or suspected homicide”."
    )


def test_the_same_system_decides_before_another():
    found = guess("S1", row("S1", "suicide", system="storm"), row("S1", "homicide"))
    assert found.type == "homicide"
    assert guess("S1", row("S1", "suicide", system="storm")).why == "In storm it means “Suicide”."


def test_a_code_that_means_two_things_gets_no_guess():
    rows = (row("S1", "suicide", system="a"), row("S1", "homicide", system="b"))
    assert guess("S1", *rows) is None


def test_not_relevant_is_a_guess_too():
    assert guess("N1", row("N1", None)).type is None


def test_a_retired_type_is_never_proposed():
    types = tuple(
        item.model_copy(update={"retired": item.code == "suicide"}) for item in SHIPPED.types
    )
    framework = SHIPPED.model_copy(update={"types": types, "code_map": (row("X", "suicide"),)})
    for code in ("X", "suicide"):
        found = propose(framework, system="cad", field="type", code=code)
        assert found is None or found.type != "suicide"
