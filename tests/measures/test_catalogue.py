"""The list of measures: closed, complete, and in plain words."""

import pytest

from app.incidents.framework import SHIPPED, Framework
from app.measures.catalogue import COMPLETENESS, Words, measures
from app.measures.vocabulary import PROTECTED, Theme
from app.referrals.models import SERVICES, Support

LISTED = measures(Words.of(SHIPPED))
BY_CODE = {one.code: one for one in LISTED}


def test_every_code_is_different_and_fit_for_a_file():
    assert len(BY_CODE) == len(LISTED)
    assert all(code.replace("_", "").isalnum() and code == code.lower() for code in BY_CODE)


def test_every_type_factor_support_and_service_has_its_measures():
    assert {f"type_{code}" for code in SHIPPED.type_names()} <= BY_CODE.keys()
    assert {f"factor_{code}" for code in SHIPPED.factor_names()} <= BY_CODE.keys()
    kinds = {kind.value for kind in Support if kind is not Support.NONE} | {"any"}
    for status in ("offered", "accepted", "declined"):
        assert {f"{status}_{kind}" for kind in kinds} <= BY_CODE.keys()
    assert not any(code.endswith("_none") for code in BY_CODE)
    services = {kind.value for kind in SERVICES} | {"any"}
    assert {f"{what}_{kind}" for what in ("referred", "contacted") for kind in services} <= set(
        BY_CODE
    )


def test_a_force_that_changes_its_framework_changes_the_list():
    own = SHIPPED.model_dump() | {"types": [{"code": "flood", "name": "Flood"}], "rules": []}
    listed = measures(Words.of(Framework.model_validate(own | {"debrief_hours": 48})))
    types = [one.name for one in listed if one.code.startswith("type_")]
    assert types == ["Exposed to: Flood"]
    timely = next(one for one in listed if one.code == "talked_in_time")
    assert timely.name == "Talked with within 48 hours"


def test_every_theme_is_there_and_every_protected_dimension_has_its_completeness():
    assert {one.theme for one in LISTED} == set(Theme)
    assert set(PROTECTED) <= set(COMPLETENESS)
    for dimension in PROTECTED:
        held = {f"{what}_{dimension}" for what in ("recorded", "prefer_not_to_say", "not_recorded")}
        assert held <= BY_CODE.keys()


@pytest.mark.parametrize("word", ["compliance", "score", "risk", "victim", "performance"])
def test_no_words_that_judge(word):
    said = " ".join(f"{one.name} {one.counted} {one.base} {one.caution}" for one in LISTED)
    assert word not in said.lower()


def test_what_is_easily_misread_says_so():
    cautious = {one.code for one in LISTED if one.caution}
    assert {
        "exposed",
        "talked_in_time",
        "accepted_trim",
        "referred_occupational_health",
        "absent_psychological",
        "absent_after_support",
        "left_with_transfers",
    } <= cautious
    assert "nothing about cause" in BY_CODE["absent_before_support"].caution
