"""Which of two rows about one record stands."""

import itertools

import pytest

from app.feeds.truth import NOTHING, Held, Verdict, judge


def held(version, digest):
    return Held(1, version, digest, {})


@pytest.mark.parametrize(
    ("before", "version", "digest", "verdict"),
    [
        (None, 0, "0001a", Verdict.NEW),
        (held(NOTHING, ""), 0, "0001a", Verdict.NEW),
        (held(1, "0001a"), 1, "0001a", Verdict.SAME),
        (held(1, "0001b"), 2, "0001a", Verdict.NEWER),
        (held(2, "0001a"), 1, "0001b", Verdict.OLDER),
        (held(1, "0001a"), 1, "0001b", Verdict.CONTRADICTS_AND_WINS),
        (held(1, "0001b"), 1, "0001a", Verdict.CONTRADICTS_AND_LOSES),
        (held(1, "0001b"), 1, "0002a", Verdict.NEWER),
        (held(1, "0002a"), 1, "0001b", Verdict.OLDER),
        (held(2, "0001a"), 1, "0002b", Verdict.OLDER),
    ],
)
def test_versions_first_then_the_mapping_then_the_digest(before, version, digest, verdict):
    assert judge(before, version, digest) is verdict


def test_the_last_word_does_not_depend_on_who_spoke_first():
    rows = [(1, "0001a"), (1, "0001b"), (2, "0001a"), (2, "0002a"), (1, "0002c")]
    ends = set()
    for order in itertools.permutations(rows):
        present = None
        for version, digest in order:
            if judge(present, version, digest) in {
                Verdict.NEW,
                Verdict.NEWER,
                Verdict.CONTRADICTS_AND_WINS,
            }:
                present = held(version, digest)
        ends.add((present.version, present.digest))
    assert ends == {(2, "0002a")}
