"""What a code that nobody has mapped may mean: a guess and its reason, for a person to judge. Pure.

A guess is made only when one type stands out, so most codes have none: ``SU2`` says nothing.
"""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from app.incidents.framework import CodeRow, Framework, IncidentType

WORD = re.compile(r"[^\W\d_]+")
SHORTEST_WORD = 4
"""Letters. Shorter ones, such as "of" and "SD", fit too much."""
STEM = 5
"""Words that begin alike mean alike: suicide, suicidal."""
ALIKE = 0.84
"""From here on two words are taken for one, misspelt or cut short."""
CLEAR = 0.2
"""By how much the best guess must be better than the next."""
ENOUGH = 0.5
COMMON = frozenset({"death", "serious", "incident", "other", "people", "person", "with", "from"})
"""Words that many types have: alone they point at none."""


class Proposal(NamedTuple):
    """A guess. ``type``: a type in use, or ``None`` for "not relevant"; ``why``: one sentence."""

    type: str | None
    why: str


def propose(framework: Framework, *, system: str, field: str, code: str) -> Proposal | None:
    """What a code may mean, by what the framework says of it elsewhere, or else by its words.

    Args:
        framework: The framework in which the code is to be mapped.
        system: The system that uses the code.
        field: Where it stands, such as ``closing_code``.
        code: The code, as the system writes it.
    """
    said = code.strip()
    if not said:
        return None
    return _elsewhere(framework, system, field, said) or _by_words(framework, said)


def _elsewhere(framework: Framework, system: str, field: str, code: str) -> Proposal | None:
    """The same code, mapped for another place or system: the nearer one decides, if it is clear."""
    in_use = framework.types_offered()
    rows = [
        row
        for row in framework.code_map
        if row.code.casefold() == code.casefold() and (row.type is None or row.type in in_use)
    ]
    place = field.removesuffix("_code").removesuffix("s")
    near = [row for row in rows if row.system == system]
    for found in (near, rows):
        meanings = {row.type for row in found}
        if len(meanings) == 1:
            (meaning,) = meanings
            named = in_use[meaning] if meaning else "not relevant"
            return Proposal(meaning, f"{_where(found[0], system, place)} it means “{named}”.")
        if meanings:
            return None
    return None


def _where(row: CodeRow, system: str, place: str) -> str:
    if row.system != system:
        return f"In {row.system}"
    if row.field.value == place:
        return f"With the qualifier {row.qualifier}" if row.qualifier else "Written otherwise"
    return f"As {'an' if row.field.value == 'opening' else 'a'} {row.field.value} code"


def _by_words(framework: Framework, code: str) -> Proposal | None:
    words = _words(code)
    if not words:
        return None
    offered = [item for item in framework.types if not item.retired]
    ranked = sorted(((_score(words, item), item) for item in offered), key=_best_first)
    if not ranked or ranked[0][0] < ENOUGH:
        return None
    (score, item), second = ranked[0], ranked[1][0] if len(ranked) > 1 else 0.0
    if score - second < CLEAR:
        return None
    shared = [word for word in words if any(_alike(word, own) for own in _own_words(item))]
    return Proposal(item.code, f"“{' '.join(shared)}” is like the type “{item.name}”.")


def _best_first(ranked: tuple[float, IncidentType]) -> tuple[float, str]:
    return -ranked[0], ranked[1].code


def _words(text: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("_", " "))
    found = (word.casefold() for word in WORD.findall(apart))
    return list(dict.fromkeys(word for word in found if len(word) >= SHORTEST_WORD))


def _own_words(item: IncidentType) -> list[str]:
    return _words(f"{item.name} {item.code}")


def _score(words: list[str], item: IncidentType) -> float:
    """The share of a code's words that the type has; those that many types have count little."""
    own = _own_words(item)
    weights = {word: 0.25 if word in COMMON else 1.0 for word in words}
    shared = sum(weight for word, weight in weights.items() if any(_alike(word, o) for o in own))
    # A short name that is wholly meant is a better guess than a long one that is partly meant.
    meant = sum(any(_alike(word, o) for word in words) for o in own) / len(own) if own else 0.0
    return shared / sum(weights.values()) + meant / 2 if shared >= 1 or meant == 1 else 0.0


def _alike(one: str, other: str) -> bool:
    if one == other or (one[:STEM] == other[:STEM] and len(one) >= STEM <= len(other)):
        return True
    return SequenceMatcher(None, one, other).ratio() >= ALIKE
