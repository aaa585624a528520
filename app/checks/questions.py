"""The twelve questions of the self-check, in our own words. They have no score: pure."""

from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """How something is, compared with before."""

    LESS = "less"
    """Easier than before."""
    SAME = "same"
    MORE = "more"
    """Harder than before."""
    UNSAID = "unsaid"


@dataclass(frozen=True)
class Question:
    """One question and what may be answered. ``code`` is also the topic of pages that help."""

    code: str
    name: str
    """What it is about, in a word or two, for lists."""
    text: str
    easier: str
    harder: str
    same: str = "About the same"

    @property
    def choices(self) -> dict[Change, str]:
        """What may be answered, in words."""
        return {
            Change.LESS: self.easier,
            Change.SAME: self.same,
            Change.MORE: self.harder,
            Change.UNSAID: UNSAID,
        }


UNSAID = "I would rather not say"
QUESTIONS: tuple[Question, ...] = (
    Question(
        "sleep",
        "Sleep",
        "How do you sleep?",
        "Better than before",
        "Worse than before, or with bad dreams",
    ),
    Question(
        "irritability",
        "Getting cross",
        "How easily do you get cross?",
        "Less easily than before",
        "More easily than before",
    ),
    Question(
        "concentration",
        "Keeping your mind on things",
        "How easy is it to keep your mind on things?",
        "Easier than before",
        "Harder than before",
    ),
    Question(
        "on_guard",
        "Being on guard",
        "How often do you feel jumpy or on guard?",
        "Less often than before",
        "More often than before",
    ),
    Question(
        "avoidance",
        "Staying away from reminders",
        "How often do you stay away from things that remind you of work?",
        "Less often than before",
        "More often than before",
    ),
    Question(
        "memories",
        "Memories you do not want",
        "How often do pictures or thoughts come back when you do not want them?",
        "Less often than before",
        "More often than before",
        "About the same, or never",
    ),
    Question(
        "withdrawal",
        "Keeping to yourself",
        "How much do you keep to yourself?",
        "Less than before",
        "More than before",
    ),
    Question(
        "relationships",
        "People close to you",
        "How are things with the people close to you?",
        "Easier than before",
        "Harder than before",
    ),
    Question(
        "mood",
        "Mood",
        "How is your mood?",
        "Better than before",
        "Lower than before, or I enjoy things less",
    ),
    Question(
        "alcohol",
        "Drinking, or other ways to cope",
        "How much do you drink, or use other things to get through the day?",
        "Less than before",
        "More than before",
        "About the same, or not at all",
    ),
    Question(
        "tiredness",
        "Tiredness",
        "How tired are you?",
        "Less tired than before",
        "More tired than before",
    ),
    Question(
        "physical",
        "How your body feels",
        "How does your body feel?",
        "Better than before",
        "Worse than before: for example headaches, a tight chest or a fast heart",
    ),
)
