"""What the pages about the force share: no figure without a purpose that was stated today."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from flask import Blueprint, abort, request, session, url_for

from app.audit import queries as audit
from app.audit.events import Entry
from app.audit.models import StatedPurpose
from app.audit.service import append_now
from app.common.clock import local_date, utc_now
from app.database import request_engine, request_session
from app.force import queries
from app.force.choosing import FIRST_PERIOD, Chosen, question
from app.measures import live
from app.measures.asked import Behind, Choices, Question
from app.security.access import current_viewer
from app.security.viewer import Viewer
from app.web import replies

blueprint = Blueprint("force", __name__)
STATED = "stated_purpose"
"""In the session, on the server: the public id of the purpose that holds."""
FEW = 5
"""Figures about fewer people than this tell of each of them, so each is shown who asked."""


@dataclass
class Asked:
    """One request for figures: who asks, why, and about whom. ``question_id``: empty for everybody
    in reach."""

    viewer: Viewer
    stated: StatedPurpose
    question_id: str
    chosen: Chosen
    now: datetime

    @property
    def today(self) -> date:
        """The last day of the period."""
        return local_date(self.now)

    @cached_property
    def choices(self) -> Choices:
        """What the filters can be set to."""
        return live.choices(self.viewer, request_session(), now=self.now)

    @cached_property
    def question(self) -> Question:
        """What is asked."""
        units = self.choices.units if self.chosen.units_chosen else ()
        return question(self.chosen, last=self.today, units=units)

    @cached_property
    def matching(self) -> int:
        """How many people the filters leave."""
        return live.matching(self.viewer, request_session(), self.question, now=self.now)

    def address(self, endpoint: str, **values: object) -> str:
        """The address of a page about the same people."""
        if self.question_id:
            values["question_id"] = self.question_id
        return url_for(f"force.{endpoint}", **values)  # type: ignore[arg-type]

    @property
    def tag(self) -> str:
        """The version of what is shown: the data's, and the day's."""
        version = queries.data_version(request_session())
        return f"{version}-{self.today.toordinal()}-{self.question_id[:8]}"


def asked(question_id: str) -> Asked:
    """What is asked, once there is a purpose for it; else on to the page that asks for one."""
    stated = stated_or_form()
    now, viewer = utc_now(), current_viewer()
    chosen: Chosen | None = Chosen(period=FIRST_PERIOD)
    if question_id:
        chosen = queries.chosen_as(
            viewer, request_session(), public_id=question_id, day=local_date(now)
        )
    if chosen is None:
        # A question of yesterday, or of somebody else.
        abort(404)
    return Asked(viewer, stated, question_id, chosen, now)


def stated() -> StatedPurpose | None:
    """The purpose that holds: stated in this session, today."""
    return audit.purpose_today(
        current_viewer(),
        request_session(),
        public_id=str(session.get(STATED, "")),
        day=local_date(utc_now()),
    )


def stated_or_form() -> StatedPurpose:
    """The purpose that holds, or an end of the request that leads to stating one."""
    found = stated()
    if found is None:
        plain = request.method == "GET" and not replies.wants_fragment()
        back = request.path if plain else None
        abort(replies.saved(url_for("force.purpose_form", next=back)))
    return found


def note(*entries: Entry) -> None:
    """Write down what somebody is about to be shown."""
    append_now(request_engine(), *entries)


def few(one: Asked) -> list[int]:
    """The people asked about, where they are so few that figures tell of each of them."""
    if one.matching >= FEW:
        return []
    found = live.people(
        one.viewer,
        request_session(),
        one.question,
        behind=Behind.EVERYBODY,
        page=None,
        now=one.now,
    )
    return [line.id for line in found.people]
