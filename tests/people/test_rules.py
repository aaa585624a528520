"""Which posting counts on a day."""

from datetime import date

from app.people.models import PostingKind
from app.people.rules import Spell, unit_on
from app.people.service import posting_precedence


def spell(unit, since, until=None, kind=PostingKind.SUBSTANTIVE, reference="M1"):
    return Spell(since, until, posting_precedence(kind, since, reference), unit)


HOME = spell(1, date(2020, 1, 1))
COVER = spell(2, date(2026, 3, 1), date(2026, 3, 31), PostingKind.TEMPORARY)


def test_a_temporary_posting_counts_while_it_lasts():
    spells = [HOME, COVER]
    assert unit_on(spells, date(2026, 2, 28)) == 1
    assert unit_on(spells, date(2026, 3, 1)) == 2
    assert unit_on(spells, date(2026, 3, 31)) == 2
    assert unit_on(spells, date(2026, 4, 1)) == 1


def test_of_two_substantive_postings_the_later_one_counts():
    assert unit_on([spell(3, date(2026, 1, 1)), HOME], date(2026, 5, 1)) == 3


def test_of_two_that_began_together_the_sources_reference_decides():
    day = date(2026, 1, 1)
    pair = [spell(4, day, reference="M9"), spell(5, day, reference="M2")]
    assert unit_on(pair, day) == unit_on(pair[::-1], day) == 4


def test_a_gap_is_nowhere():
    assert unit_on([spell(1, date(2020, 1, 1), date(2020, 2, 1))], date(2020, 2, 2)) is None
