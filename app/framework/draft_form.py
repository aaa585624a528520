"""What every form of the draft carries."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from pydantic import ValidationError
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice

from app.framework.editing import faults

YES, NO = "yes", "no"
LONGEST_NUMBER = 9
NUMERIC = {"inputmode": "numeric"}


def choices(words: Mapping[str, str], *, hints: Mapping[str, str] | None = None) -> list[Any]:
    """Choices of a field from codes and their words, each with a hint if there is one."""
    return [
        SelectChoice(value, label, render_kw={"hint": (hints or {}).get(value)})
        for value, label in words.items()
    ]


class DraftForm(FlaskForm):  # type: ignore[misc]
    """What every form of the draft carries: which revision of it the editor saw."""

    revision = HiddenField()

    @property
    def seen(self) -> int:
        """The revision the form was made from; one that cannot be, if it was tampered with."""
        given = str(self.revision.data or "")
        plain = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER
        return int(given) if plain else -1

    def stamp(self, revision: int) -> None:
        """Make the form one of this revision, whatever it came with."""
        self.revision.data = str(revision)

    def refuse(self, error: ValidationError) -> None:
        """Put each thing that is wrong beside its field, or above the form."""
        for fault in faults(error):
            if fault.field in self:
                self[fault.field].errors = [*self[fault.field].errors, fault.sentence]
            else:
                self.form_errors.append(fault.sentence)


class PlainForm(DraftForm):
    """A button and nothing else."""
