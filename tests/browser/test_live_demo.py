"""The live demo, without its pauses: every change appears by itself, and a false one is noticed."""

from types import SimpleNamespace

import pytest

from bench.serving import served
from bench.world import World
from tests.live_demo import playing
from tests.live_demo.shift import Seen, Step


@pytest.fixture
def running(tmp_path):
    """A demo site as ``make run`` starts it."""
    world = World(tmp_path, "tiny")
    settings = world.settings(world.path)
    world.close()
    with served(settings) as site:
        yield settings, site


@pytest.mark.slow
def test_a_shift_is_seen_as_it_happens_and_nothing_else_is(browser, running, tmp_path):
    settings, site = running
    told = []
    wrong = playing.play(settings, site.port, browser, tmp_path / "shots", pace=0, say=told.append)
    assert wrong == [], "\n".join(told)
    assert len(list((tmp_path / "shots").glob("*.png"))) == 16
    assert sum("seen after" in line for line in told) == 7


class Page:
    """A page that shows one person's numbers, one after the other each time it is looked at."""

    def __init__(self, *shown) -> None:
        self.shown = list(shown)
        self.expected = {"p": self.shown[0]}
        self.page = SimpleNamespace(wait_for_timeout=lambda _ms: None, screenshot=lambda **_: None)

    def table(self):
        return {"p": self.shown.pop(0) if len(self.shown) > 1 else self.shown[0]}


@pytest.mark.parametrize(
    ("changes", "shown", "right"),
    [
        ({"p": Seen(1, 1)}, [Seen(2, 0), Seen(2, 0), Seen(3, 1)], True),
        ({"p": Seen(1, 1)}, [Seen(2, 0), Seen(3, 0)], False),
        ({"p": Seen(1, 1)}, [Seen(2, 0)], False),
        ({}, [Seen(2, 0)], True),
        ({}, [Seen(2, 0), Seen(2, 0), Seen(3, 1)], False),
    ],
)
def test_a_change_that_does_not_come_or_should_not_have_is_noticed(
    changes, shown, right, tmp_path, monkeypatch
):
    monkeypatch.setattr(playing, "PATIENCE", 0.2)
    monkeypatch.setattr(playing, "LONG_ENOUGH", 0.2)
    shift = playing.Shift(None, [Page(*shown)], tmp_path, lambda _line: None)
    assert shift.play(Step(1, "told", (), changes, "shown")) is right
