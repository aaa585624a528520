"""A self-check in words: the same for its person, and for whoever they choose to show it to."""

from app.checks.answers import Answers, KeptCheck, Section
from app.checks.questions import QUESTIONS, Change
from app.instruments.models import Instrument
from app.instruments.scoring import Result, score

NOTHING = "Nothing in particular"
SKIPPED = "You skipped this one"
AFTER = "Do you have one incident in mind?"
ABOUT, CHANGES, CAME_TO = "What you had in mind", "Compared with before", "What it came to"
NOT_A_DIAGNOSIS = "This is not a diagnosis. It says how your answers add up today, and no more."
IN_SHORT = {
    Change.MORE: "Harder",
    Change.SAME: "Same",
    Change.LESS: "Easier",
    Change.UNSAID: "Not said",
}
GROUPS = {
    Change.MORE: "Harder than before",
    Change.LESS: "Easier than before",
    Change.SAME: "About the same",
    Change.UNSAID: "You would rather not say",
}
"""In this order: what may need something comes first."""


def readable(check: KeptCheck) -> list[Section]:
    """A kept self-check as anybody it is shared with would see it: without the person's note."""
    return list(check.kept.sections)


def said(answers: Answers, instrument: Instrument | None) -> list[Section]:
    """Everything that was answered, question by question."""
    sections = [
        Section(ABOUT, ((AFTER, answers.after or NOTHING),)),
        Section(
            CHANGES,
            tuple(
                (one.text, one.choices[answers.changes[one.code]])
                for one in QUESTIONS
                if one.code in answers.changes
            ),
        ),
    ]
    if instrument is not None:
        rows = tuple(
            (item.text, item_answer(instrument, item.code, answers))
            for item in instrument.items
            if item.code in answers.items
        )
        sections.append(Section(instrument.title, rows))
    return sections


def item_answer(instrument: Instrument, code: str, answers: Answers) -> str:
    """What was answered to one item of a questionnaire, in its own words."""
    value = answers.items.get(code)
    item = next(one for one in instrument.items if one.code == code)
    return next((one.label for one in item.choices if one.value == value), SKIPPED)


def with_result(answers: Answers, instrument: Instrument | None) -> list[Section]:
    """The same, with what the questionnaire came to: what is kept."""
    sections = said(answers, instrument)
    if instrument is None:
        return sections
    result = score(instrument, answers.items)
    rows = [("Total", total_in_words(result)), ("In words", result.words)]
    return [*sections, Section(f"{instrument.title}: {CAME_TO.lower()}", tuple(rows))]


def total_in_words(result: Result) -> str:
    """A total with what it is out of, or why there is none."""
    if result.total is None:
        return "None: some answers are missing"
    return f"{plain(result.total)} out of {plain(result.top)}"


def plain(value: float) -> str:
    """A number without needless decimals."""
    return f"{value:g}"


def grouped(answers: Answers) -> list[tuple[str, list[str]]]:
    """What is harder, easier and the same, by name; groups without any are left out."""
    found = [
        (words, [one.name for one in QUESTIONS if answers.changes.get(one.code) is change])
        for change, words in GROUPS.items()
    ]
    return [(words, names) for words, names in found if names]
