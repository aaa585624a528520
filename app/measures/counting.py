"""Who is counted in each measure, from rows: a few statements for everybody. For the engine, which
acts for nobody: what is made here is counted into tables, and is neither shown nor kept.

Whoever could be counted several times in a period is counted once. Whoever could be in time once
and late once is in time only if they always were.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlmodel import Session

from app.measures import away, referred, talks
from app.measures.asked import Asked, Pair
from app.measures.building import completeness
from app.measures.catalogue import COMPLETENESS, FEW, MANY, TYPE, kind_code
from app.measures.frames import Frame, People
from app.measures.vocabulary import Measure, Theme
from app.security.key_store import KeyStore

AGAIN = 2


def frames(
    session: Session, keys: KeyStore, *, people: People, measures: Sequence[Measure]
) -> Iterator[Frame]:
    """A frame of each measure that there is in a period of this kind, in no particular order.

    Args:
        session: The one that ``people`` was read with, so that both are of one moment.
        keys: For situational factors, which are opened only where the person shares them.
        people: Who; see ``building.people``.
        measures: Of ``catalogue.measures``.
    """
    asked = Asked(session, keys, people)
    wanted = [one for one in measures if people.period.kind in one.kinds]
    for theme in Theme:
        theirs = [one for one in wanted if one.theme is theme]
        if not theirs:
            continue
        found: dict[str, Pair] = {}
        for source in SOURCES[theme]:
            found |= source(asked)
        for one in theirs:
            yield Frame(one, people, *_pair(found, one.code))


def _pair(found: Mapping[str, Pair], code: str) -> Pair:
    """Of a type or factor that nobody met, what all of them have in common.

    Raises:
        LookupError: there is no such measure.
    """
    pair = found.get(code) or found.get(code.partition("_")[0])
    if pair is None:
        message = f"Nothing is counted for a measure called {code}."
        raise LookupError(message)
    return pair


def _exposures(asked: Asked) -> Iterator[tuple[str, Pair]]:
    """Who was exposed at all, how often, again to the same, and to what."""
    whole: Counter[int] = Counter()
    again: set[int] = set()
    flags, everybody = asked.staff.flags, asked.everybody
    for code, counts in asked.incidents.items():
        whole.update(counts)
        again |= {person for person, count in counts.items() if count >= AGAIN}
        yield kind_code(TYPE, code), (everybody, flags(counts))
    yield TYPE, (everybody, asked.staff.nobody)
    yield "exposed", (everybody, asked.exposed)
    for bound in (FEW, MANY):
        often = (person for person, count in whole.items() if count >= bound)
        yield f"exposed_{bound}", (everybody, flags(often))
    yield "repeated", (everybody, flags(again))


def _completeness(asked: Asked) -> Iterator[tuple[str, Pair]]:
    for dimension in COMPLETENESS:
        for frame in completeness(asked.people, dimension):
            yield frame.measure.code, (frame.base, frame.counted)


SOURCES: Mapping[Theme, tuple[Callable[[Asked], Iterator[tuple[str, Pair]]], ...]] = {
    Theme.EXPOSURE: (_exposures,),
    Theme.TIMELINESS: (talks.timeliness,),
    Theme.SUPPORT: (talks.support,),
    Theme.FACTORS: (talks.factors,),
    Theme.REFERRALS: (referred.referrals,),
    Theme.ABSENCE: (away.absence, away.beside_support),
    Theme.ATTRITION: (away.attrition,),
    Theme.COMPLETENESS: (_completeness,),
}
