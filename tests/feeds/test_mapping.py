"""A mapping says clearly what it is, or is refused with a sentence that says what to change."""

import re
from pathlib import Path

import pytest

from app.feeds.mapping import FIELDS, FeedMapping, MappingError, load_mapping, parse_mapping
from app.feeds.pulls import load_pull

INCIDENTS = """
kind: incidents
version: 3
system: cad
columns:
  ref: Number
  occurred_at: Start
  closing_code: Closed as
codes:
  closing_code:
    NO: sudden_death
    010: suicide
    FIGHT: null
    EMPTY:
"""


def written(tmp_path, text):
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_codes_stay_as_they_are_written(tmp_path):
    mapping = load_mapping(written(tmp_path, INCIDENTS))
    assert mapping.version == 3
    assert mapping.columns["ref"] == ("Number",)
    assert mapping.codes["closing_code"] == {
        "NO": "sudden_death",
        "010": "suicide",
        "FIGHT": None,
        "EMPTY": None,
    }
    assert mapping.name == "cad incidents, version 3"


def test_systems_referred_to_are_the_same_unless_named(tmp_path):
    mapping = load_mapping(written(tmp_path, INCIDENTS + "person_system: hr\n"))
    assert (mapping.person_system, mapping.incident_system) == ("hr", "cad")


def attendance(**changes):
    return {
        "kind": "attendance",
        "version": "1",
        "system": "cad",
        "columns": {"ref": "a", "person_ref": "b", "incident_ref": "c", "role": "d"},
    } | changes


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "victims"}, "kind"),
        ({"version": "0"}, "version"),
        ({"system": "CAD system"}, "system"),
        ({"colour": "red"}, "colour"),
        ({"columns": {"ref": "a", "victim": "v"}}, "cannot name victim. Use one of: ref, person"),
        ({"columns": {"ref": "a"}}, "needs a column for person_ref."),
        (
            {"columns": {"ref": "a", "person_ref": "b", "incident_ref": "c"}},
            "needs a column for role",
        ),
        (
            {"columns": {"ref": ["a", "b"], "person_ref": ["c", "d"]}},
            "only ref may be put together",
        ),
        ({"columns": "ref"}, "columns"),
        ({"defaults": {"ref": "x"}}, "defaults in a mapping for attendance cannot name ref"),
        ({"codes": {"person_ref": {"a": "b"}}}, "codes in a mapping for attendance cannot name"),
        ({"numeric": ["role"]}, "numeric in a mapping for attendance cannot name role"),
        ({"time_zone": "London"}, "time_zone London is not known. Write one such as Europe/London"),
        ({"formats": {"date": "%Q"}}, "%Q is not a pattern for dates and times"),
        ({"encoding": "latin"}, "encoding"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(changes, sentence):
    with pytest.raises(MappingError, match=r"^The mapping mapping cannot be used: ") as refused:
        parse_mapping(attendance(**changes))
    assert sentence in str(refused.value)


def test_a_date_needs_a_time_beside_it():
    document = {
        "kind": "incidents",
        "version": "1",
        "system": "cad",
        "columns": {"ref": "a", "occurred_date": "b", "type": "c"},
    }
    with pytest.raises(MappingError, match="occurred_date needs occurred_time beside it"):
        parse_mapping(document)
    assert parse_mapping(document | {"defaults": {"occurred_time": "12:00"}})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("a: [1", "is not YAML in UTF-8"),
        ("kind: people\nkind: postings\n", "kind appears twice"),
        ("? [a]\n: b\n", "a name must be one word or sentence"),
        ("just words", "is empty"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path, text, sentence):
    with pytest.raises(MappingError, match=sentence):
        load_mapping(written(tmp_path, text))


def test_yaml_makes_no_objects(tmp_path):
    tagged = INCIDENTS.replace("system: cad", "system: !!python/name:os.system cad")
    assert load_mapping(written(tmp_path, tagged)).system == "cad"


def test_a_mapping_that_is_not_there_or_far_too_large_is_refused(tmp_path):
    with pytest.raises(MappingError, match=r"cannot be opened: No such file.*Check --map"):
        load_mapping(tmp_path / "none.yaml")
    with pytest.raises(MappingError, match="too large"):
        load_mapping(written(tmp_path, "#" * 1_000_001))


def test_the_guide_names_every_field_and_entry_and_its_example_works(tmp_path):
    guide = Path("docs/feeds.md").read_text(encoding="utf-8")
    absences, example, pull = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    assert load_mapping(written(tmp_path, example)).codes["closing_code"]["*"] == "other"
    assert load_mapping(written(tmp_path, absences)).codes["psychological"]["*"] == "no"
    assert load_pull(written(tmp_path, pull)).mapping == "people-hr"
    named = set(re.findall(r"`(\w+)`", guide)) | set(re.findall(r"^(\w+):", example, re.MULTILINE))
    wanted = {field for fields in FIELDS.values() for field in fields}
    assert (wanted | set(FeedMapping.model_fields)) - named == set()


@pytest.mark.parametrize("system", ["own", "tracker"])
def test_a_feed_cannot_speak_for_the_tracker_itself(system):
    with pytest.raises(MappingError, match="own name"):
        parse_mapping(attendance(system=system))
