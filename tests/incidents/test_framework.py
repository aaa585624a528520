"""What a framework may say, and what a code of a force system leads to."""

from datetime import date

import pytest
from pydantic import ValidationError

from app.framework.editing import change
from app.incidents.framework import SHIPPED, Framework

DAY = date(2026, 11, 23)


def row(code: str, kind: str | None, **more: object) -> dict[str, object]:
    return {"system": "storm", "field": "closing", "code": code, "type": kind, **more}


def mapped(*rows: dict[str, object]) -> Framework:
    return change(SHIPPED, {"code_map": list(rows)})


def means(framework: Framework, **given: object) -> str | None:
    found = framework.row_for("storm", day=given.pop("day", DAY), **given)
    return found.type or "not relevant" if found else None


def test_a_document_of_an_earlier_release_is_read_as_it_was_meant():
    old = {
        "types": [{"code": "suicide", "name": "Suicide", "always_prompts": True}],
        "factors": [{"code": "alone", "name": "Alone"}],
        "weights": "off",
    }
    found = Framework.model_validate(old)
    assert (found.code_map, found.wording, found.weights) == ((), "", "off")
    assert not found.types[0].retired
    assert found.always() == {"suicide"}


def test_a_version_read_back_from_its_document_is_the_same():
    held = mapped(row("1", "suicide", starts_on="2026-01-01"))
    assert Framework.model_validate(held.model_dump(mode="json")) == held


def test_the_closing_code_decides_before_the_opening_code():
    framework = mapped(
        row("routine", None),
        row("death", "sudden_death"),
        row("worry", "suicide_attempt", field="opening"),
    )
    assert means(framework, closing="routine", opening="worry") == "not relevant"
    assert means(framework, closing="death", opening="worry") == "sudden_death"
    assert means(framework, closing="unknown", opening="worry") == "suicide_attempt"
    assert means(framework, closing="unknown") is None
    assert framework.row_for("other", day=DAY, closing="death") is None


def test_qualifiers_count():
    framework = mapped(
        row("death", "sudden_death"),
        row("death", "child_death", qualifier="child"),
        row("weapon", "serious_assault", field="qualifier"),
        row("worry", "suicide_attempt", field="opening"),
    )
    assert means(framework, closing="death", qualifiers={"child", "weapon"}) == "child_death"
    assert means(framework, closing="death", qualifiers={"weapon"}) == "sudden_death"
    assert means(framework, opening="worry", qualifiers={"weapon"}) == "serious_assault"


def test_where_several_qualifiers_could_decide_the_one_that_asks_for_most_does():
    framework = mapped(
        row("death", None, qualifier="a"),
        row("death", "sudden_death", qualifier="b"),
        row("death", "homicide", qualifier="c"),
    )
    for given in (["a", "b", "c"], ["c", "b", "a"]):
        assert means(framework, closing="death", qualifiers=given) == "homicide"
    assert means(framework, closing="death", qualifiers=["a", "b"]) == "sudden_death"


def test_a_row_holds_from_its_first_day_to_its_last():
    framework = mapped(
        row("1", "other", ends_on="2026-11-22"), row("1", "suicide", starts_on="2026-11-23")
    )
    assert means(framework, closing="1", day=date(2026, 11, 22)) == "other"
    assert means(framework, closing="1", day=DAY) == "suicide"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"code_map": [row("1", "suicide"), row("1", None)]}, "in the map twice on the same day"),
        (
            {
                "code_map": [
                    row("1", "suicide", ends_on="2026-02-01"),
                    row("1", None, starts_on="2026-02-01"),
                ]
            },
            "in the map twice on the same day",
        ),
        ({"code_map": [row("1", "flood")]}, "leads to flood, which is not a type in use"),
        (
            {"code_map": [row("1", "other", starts_on="2026-02-02", ends_on="2026-02-01")]},
            "last day must be the same as or after",
        ),
        (
            {"code_map": [row("1", "other", field="qualifier", qualifier="2")]},
            "cannot ask for another qualifier",
        ),
        ({"windows": [91, 28]}, "the shortest first"),
        ({"windows": []}, "at least 1 item"),
        ({"rules": [{"code": "ab", "count": 2, "days": 3, "types": ["x1"]}]}, "do not exist: x1"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_document_that_cannot_be_is_refused(values, sentence):
    with pytest.raises(ValidationError, match=sentence):
        change(SHIPPED, values)


def test_a_type_in_the_code_map_is_retired_only_after_its_codes_have_ended():
    retired = [
        one.model_dump(mode="json") | {"retired": one.code == "other"} for one in SHIPPED.types
    ]
    with pytest.raises(ValidationError, match="leads to other"):
        change(mapped(row("1", "other")), {"types": retired})
    ended = change(mapped(row("1", "other", ends_on="2026-11-01")), {"types": retired})
    assert "other" not in ended.types_offered()
    assert "other" in ended.type_names()


def test_not_every_type_can_be_retired():
    retired = [one.model_dump(mode="json") | {"retired": True} for one in SHIPPED.types]
    with pytest.raises(ValidationError, match="Keep at least one in use"):
        change(SHIPPED, {"types": retired})
