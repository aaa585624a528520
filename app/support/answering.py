"""The questions of a request: the form of each page, what was answered, and what that means."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import request
from werkzeug.datastructures import MultiDict

from app.common.clock import local_date
from app.database import request_session
from app.referrals.models import Support, Urgency
from app.referrals.wishes import Contact, Limit, Means, Time, Wish
from app.security.access import current_viewer
from app.support import drafts
from app.support.drafts import Answers
from app.support.forms import ContactForm, PeopleForm, UrgencyForm, WhomForm
from app.support.pages import own_places, promised, whom_choices
from app.support.queries import Place
from app.support.wording import OUTSIDE, URGENCY
from app.web.filters import clock_time, near_day
from app.web.sealing import keys

STEPS = ("whom", "urgency", "contact", "people")


def answers_so_far(now: datetime) -> Answers:
    """What the viewer has typed so far, page by page."""
    return drafts.find(current_viewer(), request_session(), keys=keys(), now=now)


def _form(kind: type[Any], answers: Answers, step: str) -> Any:
    """The form of one page: as it was sent, or else with what was answered before."""
    if request.method == "POST" or step not in answers:
        return kind()
    typed = [(name, value) for name, values in answers[step].items() for value in values]
    return kind(formdata=MultiDict(typed))


class Asked(NamedTuple):
    """What has been answered, as far as it holds today."""

    place: Place | None
    outside: bool
    urgency: Urgency | None
    contact: Contact | None
    answers: Answers

    @property
    def avoided(self) -> frozenset[int]:
        """Accounts of the people who were named."""
        named = set(self.answers.get("people", {}).get("avoided", []))
        people = self.place.people if self.place else ()
        return frozenset(one.account_id for one in people if one.public_id in named)

    @property
    def outside_line(self) -> bool:
        """Whether nobody of their team, and nobody they lead, may be given it."""
        return self.outside or bool(_first(self.answers, "people", "outside"))

    @property
    def wish(self) -> Wish | None:
        """All of it; ``None`` while something is missing."""
        if self.missing or self.urgency is None or self.contact is None:
            return None
        return Wish(
            self.urgency, self.contact, outside_line=self.outside_line, avoided=self.avoided
        )

    @property
    def missing(self) -> str | None:
        """The first page that has not been answered."""
        given = {
            "whom": self.place is not None,
            "urgency": self.urgency is not None,
            "contact": self.contact is not None,
            "people": "people" in self.answers,
        }
        return next((step for step in STEPS if not given[step]), None)


def _first(answers: Answers, step: str, name: str) -> str:
    return next(iter(answers.get(step, {}).get(name, [])), "")


def asked(now: datetime) -> Asked:
    """What the viewer has answered so far, as far as it can be asked today."""
    answers, places = answers_so_far(now), own_places(local_date(now))
    whom = _first(answers, "whom", "whom")
    outside = whom == OUTSIDE
    named = Support.PEER_SUPPORT if outside else whom
    place = places.get(Support(named)) if named in set(Support) else None
    urgency = _first(answers, "urgency", "urgency")
    return Asked(
        place=place,
        outside=outside,
        urgency=Urgency(urgency) if urgency in set(Urgency) else None,
        contact=_contact(answers),
        answers=answers,
    )


def _contact(answers: Answers) -> Contact | None:
    typed = answers.get("contact", {})
    means = _first(answers, "contact", "means")
    where = _first(answers, "contact", means) if means in set(Means) else ""
    if not where:
        return None
    return Contact(
        means=Means(means),
        where=where.strip(),
        times=tuple(Time(one) for one in typed.get("times", []) if one in set(Time)),
        limits=tuple(Limit(one) for one in typed.get("limits", []) if one in set(Limit)),
    )


def _whom_form(held: Asked, now: datetime) -> Any:
    offered = whom_choices(own_places(local_date(now)))
    return _form(WhomForm, held.answers, "whom").prepare(offered)


def _urgency_form(held: Asked, now: datetime) -> Any:
    choices = []
    for urgency, words in URGENCY.items():
        hint = ""
        if held.place is not None:
            taken, reached = promised(held.place, urgency, now)
            hint = (
                f"Somebody takes it on by {soon(taken, now)} and contacts you by "
                f"{soon(reached, now)}."
            )
        choices.append((urgency.value, words, hint))
    return _form(UrgencyForm, held.answers, "urgency").prepare(choices)


def _contact_form(held: Asked, _now: datetime) -> Any:
    return _form(ContactForm, held.answers, "contact")


def _people_form(held: Asked, _now: datetime) -> Any:
    people = held.place.people if held.place else ()
    choices = [(one.public_id, one.name, one.unit) for one in people]
    return _form(PeopleForm, held.answers, "people").prepare(choices)


FORMS: dict[str, Callable[[Asked, datetime], Any]] = {
    "whom": _whom_form,
    "urgency": _urgency_form,
    "contact": _contact_form,
    "people": _people_form,
}
"""The form of each page."""


def soon(moment: datetime, now: datetime) -> str:
    """A moment near at hand, in words."""
    return f"{near_day(local_date(moment), local_date(now))} at {clock_time(moment)}"
