"""The files: what they say, whose they are, which are refused, and who is offered what."""

import re

import pytest
import yaml

from app.instruments import library
from app.instruments.library import FILES, InstrumentError, load, offered
from app.instruments.models import LicenceKind, Offer
from app.instruments.scoring import AnswerError, score
from app.prepare import main
from tests.instruments.vectors import ASKED, SHIPPED, SLOTS, answers, filling

PHQ4 = (FILES / "phq4.yaml").read_text()


@pytest.fixture
def shipped_from(tmp_path, monkeypatch):
    """Reads the shipped files from a folder with this one text in it."""

    def read(text, name="phq4.yaml"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        monkeypatch.setattr(library, "FILES", tmp_path)
        library._shipped.cache_clear()
        library._filled.cache_clear()
        return load()

    yield read
    library._shipped.cache_clear()
    library._filled.cache_clear()


def test_a_file_is_read(shipped_from):
    assert list(shipped_from(PHQ4)) == ["phq4"]


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("short: ", "shrt: ", r"phq4.yaml: short: Field required"),
        ("minutes: 1", "minutes: soon", r"phq4.yaml: minutes: "),
        ("code: phq4", "code: phq5", r"call the file phq5.yaml"),
        ("holder: ", "helder: ", r"licence.holder: Field required"),
        ("code: q2,", "code: q1,", r"items: two have the same code"),
        ("value: 1,", "value: 0,", r"two choices have the same value"),
        ("choices: often}", "choices: often_}", r"items.0.choices"),
        ("[q1, q2]", "[q1, q7]", r"there is no item q7"),
        ("start: 6", "start: 2", r"begin with the lowest"),
        ("[3, 3, 0, 0]", "[3, 3, 0]", r"one answer for each item"),
        ("way: sum", "way: mean", r"scoring.way"),
        ("scoring:\n", "scoring: [\n", r"line \d+: this is not YAML"),
        ("offer: default", "offer: slot", r"ships without the words"),
        ("Feeling nervous, anxious or on edge", "", r"every question and every choice"),
    ],
)
def test_a_file_that_cannot_be_used_names_itself_the_field_and_why(
    shipped_from, was, becomes, told
):
    with pytest.raises(InstrumentError, match=told) as refused:
        shipped_from(PHQ4.replace(was, becomes))
    assert str(refused.value).startswith("phq4.yaml: ")


def codes(days_since=None, *, occupational_health=False, on=frozenset()):
    return [
        one.code
        for one in offered(
            SHIPPED,
            days_since=days_since,
            occupational_health=occupational_health,
            switched_on=frozenset(on),
        )
    ]


def test_two_are_offered_to_everybody_and_no_more():
    assert codes() == codes(400, occupational_health=True) == ["phq4", "who5"]


def test_a_licence_that_is_not_the_projects_has_a_folder_and_a_text_of_its_own():
    apart = {path.stem for path in (FILES / "licensed").glob("*.yaml")}
    ours = {path.stem for path in FILES.glob("*.yaml")}
    free = {one.code for one in ASKED if one.licence.kind is LicenceKind.PUBLIC_DOMAIN}
    assert ours == free
    assert apart == {one.code for one in ASKED} - free
    assert "who5" in apart
    for code in apart:
        text = (FILES / "licensed" / f"LICENCE-{code}.txt").read_text()
        assert f"{code}.yaml" in text
        assert "MIT" in text
    assert len(list((FILES / "licensed").glob("LICENCE-*"))) == len(apart)


def test_every_one_says_whose_it_is():
    for one in ASKED:
        assert one.source
        assert one.attribution
        assert one.offer is not Offer.SLOT


TRAUMA = ["phq9", "itq", "pcl5"]
EVERYTHING = frozenset(SHIPPED)


@pytest.mark.parametrize(
    ("days_since", "occupational_health", "on", "also"),
    [
        (400, False, EVERYTHING, ["audit_c", "gad7", "core10"]),
        (None, False, {"gad7"}, ["gad7"]),
        (400, True, set(), []),
        (400, True, {"pcl5"}, ["pcl5"]),
        (28, True, {*TRAUMA}, TRAUMA),
        (27, True, {*TRAUMA}, []),
        (None, True, {*TRAUMA}, []),
        (400, False, {*TRAUMA}, []),
        (400, True, {"tsq", "wemwbs"}, []),
    ],
)
def test_the_rest_is_offered_where_it_is_switched_on_and_after_its_wait(
    days_since, occupational_health, on, also
):
    found = codes(days_since, occupational_health=occupational_health, on=on)
    assert found == ["phq4", "who5", *also]


def test_what_asks_for_a_wait_is_what_occupational_health_goes_through():
    assert {one.code for one in ASKED if one.for_clinicians} == {*TRAUMA}
    assert {one.code: one.not_before_days for one in SHIPPED.values() if one.not_before_days} == {
        **dict.fromkeys(TRAUMA, 28),
        "tsq": 28,
    }


def test_questionnaires_that_may_not_be_shipped_are_absent():
    text = "\n".join(path.read_text() for path in FILES.rglob("*.yaml"))
    for name in ("ies", "iesr", "ies_r", "ies6", "ies_6", "ghq", "ghq12", "ghq_12"):
        assert name not in SHIPPED
        assert not re.search(rf"\b{name.replace('_', '-')}\b", text, re.IGNORECASE)


def test_a_slot_ships_without_words_and_cannot_be_answered():
    assert sorted(one.code for one in SLOTS) == ["swemwbs", "tsq", "wemwbs"]
    for slot in SLOTS:
        assert not any(item.text for item in slot.items)
        assert not any(choice.label for item in slot.items for choice in item.choices)
        with pytest.raises(AnswerError):
            score(slot, answers(slot, slot.vectors[0].answers))


@pytest.fixture
def bring(tmp_path):
    """Puts a force's file into its folder and loads it."""

    def brought(code, /, **changed):
        given = {key: value for key, value in (filling(code) | changed).items() if value}
        path = tmp_path / f"{code}.yaml"
        path.write_text(yaml.safe_dump(given))
        return load(tmp_path)

    return brought


def test_a_force_that_holds_a_licence_brings_the_words_and_nothing_else(bring):
    slot, filled = SHIPPED["wemwbs"], bring("wemwbs")["wemwbs"]
    assert filled.offer is Offer.OPTIONAL
    assert filled.items[0].text == "Made-up statement 1"
    assert filled.items[0].choices[0].label == "Made-up choice 1"
    assert filled.licence.kind is LicenceKind.HELD_BY_THE_FORCE
    assert "No. 123" in filled.licence.terms
    assert filled.scoring == slot.scoring
    assert SHIPPED["wemwbs"].is_slot
    assert load() == SHIPPED


def test_what_a_force_brings_is_offered_like_the_rest(bring):
    brought = bring("tsq") | bring("swemwbs")
    on = frozenset({"tsq", "swemwbs"})
    found = [
        [
            one.code
            for one in offered(
                brought, days_since=days, occupational_health=with_oh, switched_on=on
            )
        ]
        for days, with_oh in ((27, True), (28, True), (28, False))
    ]
    assert found == [
        ["phq4", "who5", "swemwbs"],
        ["phq4", "who5", "swemwbs", "tsq"],
        ["phq4", "who5", "swemwbs"],
    ]


def test_a_folder_that_is_not_there_is_no_fault(tmp_path):
    assert load(tmp_path / "none") == SHIPPED


def test_a_changed_file_is_read_again(bring):
    assert bring("tsq")["tsq"].period == "Made-up period"
    assert bring("tsq", period="Another period")["tsq"].period == "Another period"


@pytest.mark.parametrize(
    ("code", "changed", "told"),
    [
        ("tsq", {"licence": None}, r"tsq.yaml: licence: Field required"),
        ("tsq", {"licence": "yes"}, r"tsq.yaml: licence: .*at least 10"),
        ("tsq", {"attribution": None}, r"tsq.yaml: attribution: Field required"),
        ("tsq", {"texts": ["Just one"]}, r"tsq.yaml: texts: .* has 10 items, not 1"),
        ("tsq", {"labels": ["One", "Two", "Three"]}, r"tsq.yaml: labels: .* 2 choices, not 3"),
        ("tsq", {"scoring": {"way": "sum"}}, r"tsq.yaml: scoring: Extra inputs"),
        ("tsq", {"code": "wemwbs"}, r"tsq.yaml: code: call the file wemwbs.yaml"),
        ("phq4", {}, r"phq4.yaml: code: only a slot .* Slots: swemwbs, tsq, wemwbs"),
        ("ies_r", {}, r"ies_r.yaml: code: only a slot"),
        ("ghq12", {}, r"ghq12.yaml: code: only a slot"),
    ],
)
def test_a_forces_file_that_cannot_be_used_is_refused(bring, code, changed, told):
    with pytest.raises(InstrumentError, match=told):
        bring(code, **changed)


def test_a_forces_file_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "tsq.yaml").write_bytes("code: tsq\nperiod: é\n".encode("latin-1"))
    with pytest.raises(InstrumentError, match=r"tsq.yaml: save the file as UTF-8"):
        load(tmp_path)


def test_a_file_that_cannot_be_used_stops_the_start_with_a_sentence(monkeypatch, tmp_path, capsys):
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "ies_r.yaml").write_text(yaml.safe_dump(filling("ies_r")))
    monkeypatch.setenv("INSTANCE", str(tmp_path))
    monkeypatch.setenv("DEMO", "off")
    assert main() == 2
    assert "ies_r.yaml: code: only a slot" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "tracker.db").exists()
