"""The files: what they say, whose they are, and which are refused."""

import pytest

from app.instruments import library
from app.instruments.library import FILES, InstrumentError, load, offered
from app.instruments.models import LicenceKind, Offer
from tests.instruments.vectors import ASKED, SHIPPED

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
