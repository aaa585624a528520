"""What the pages of a conversation share: their forms, what was typed into them, what it means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from app.common.clock import local_date
from app.debriefs.drafts import Typed
from app.debriefs.models import Confidentiality, Setting
from app.debriefs.service import WELFARE_LED, Answered, Meeting, Part, Talk, check_in_on
from app.exposure.models import PromptState
from app.exposure.queries import WaitingPrompt
from app.exposure.service import Answer
from app.incidents.framework import Framework
from app.referrals.models import Support
from app.teams.conversation_forms import LockForm, MeetingForm, PartForm, seen_as
from app.web.fields import PARTS, DateParts

LONGEST = 60
"""Characters of a value that is kept in a draft: every one is a code or a number."""
OF_THE_MEETING = ("held_on-day", "held_on-month", "held_on-year", "setting")


@dataclass(frozen=True)
class Subject:
    """Somebody for whom something is recorded."""

    id: int
    public_id: str
    name: str
    unit_id: int | None

    @property
    def prefix(self) -> str:
        """Begins the name of every field about them."""
        return f"p{self.public_id}-"


@dataclass
class Section:
    """One person on the page. ``conflict``: somebody answered for them while it was open."""

    subject: Subject
    waiting: Sequence[WaitingPrompt]
    form: PartForm
    conflict: bool = False

    def answered(self) -> list[Answered]:
        """The prompts that are ticked, as they were shown."""
        return [_answered(value) for value in self.form.prompts.data or ()]


def _answered(value: str) -> Answered:
    public_id, _, revision = value.partition(".")
    return Answered(public_id, int(revision) if revision.isdecimal() else -1)


@dataclass(frozen=True)
class Given:
    """What a page is made from: whom it is about, what waits for them, and what was typed."""

    subjects: Sequence[Subject]
    waiting: Mapping[int, Sequence[WaitingPrompt]]
    typed: Mapping[int, Typed]
    """Of those of whom something was typed already; empty for a page that is opened afresh."""
    sent: bool = False
    """Whether it is being sent, so that what is not in it was not ticked."""


class Sheet:
    """The forms of one page: of the meeting, and of each person."""

    def __init__(
        self, given: Given, *, framework: Framework, now: datetime, several: bool = False
    ) -> None:
        self.today = local_date(now)
        meeting = next((typed for typed in given.typed.values() if _of_meeting(typed)), None)
        self.meeting = MeetingForm(formdata=MultiDict(meeting) if meeting or given.sent else None)
        if meeting is None and not given.sent:
            self.meeting.held_on.process_data(self.today)
            if several:
                self.meeting.setting.data = Setting.GROUP.value
        proposed = check_in_on(now, framework.check_in_days)
        self.sections = [
            _section(one, given, framework, proposed, several=several) for one in given.subjects
        ]

    def check(self) -> bool:
        """Whether everything can be kept; every field that cannot says why."""
        right = [one.form.check(self.today) for one in self.sections if not one.conflict]
        if any(_held(one.form) for one in self.sections):
            right.append(self.meeting.check(self.today))
        return all(right)

    def note_conflicts(self) -> bool:
        """Mark those for whom a ticked prompt is no longer waiting as it was shown; whether any."""
        for section in self.sections:
            current = {seen_as(prompt): prompt for prompt in section.waiting}
            ticked = section.form.prompts.data or []
            if not section.form.left_out and any(one not in current for one in ticked):
                section.conflict = True
                known = {_answered(one).public_id for one in ticked}
                section.form.prompts.data = [
                    value for value, prompt in current.items() if prompt.public_id in known
                ]
        return any(section.conflict for section in self.sections)

    def details(self, unit_id: int | None, incident: str = "") -> Meeting:
        """The meeting as the service takes it."""
        return Meeting(
            unit_id=unit_id,
            held_on=self.meeting.held_on.data or self.today,
            setting=Setting(self.meeting.setting.data or Setting.IN_PERSON),
            incident_public_id=incident,
        )

    def parts(self) -> list[Part]:
        """What is to be kept for each person."""
        return [
            Part(
                person_id=section.subject.id,
                prompts=section.answered(),
                came_of=_talk(section.form) if _held(section.form) else _answer(section.form),
                onward=section.form.onward_service(),
            )
            for section in self.sections
            if not section.form.left_out
        ]


def _section(
    subject: Subject, given: Given, framework: Framework, proposed: date, *, several: bool
) -> Section:
    waiting = given.waiting.get(subject.id, ())
    typed = _own(given.typed.get(subject.id, {}))
    if not given.sent:
        typed = _as_of_now(typed, waiting)
    values = {subject.prefix + name: value for name, value in typed.items()}
    form = PartForm(
        formdata=MultiDict(values) if values or given.sent else None, prefix=subject.prefix
    )
    form.prepare(waiting=waiting, factors=framework.factors_offered(), several=several)
    if not values and not given.sent:
        form.prompts.data = [seen_as(prompt) for prompt in waiting]
        form.next_contact_on.process_data(proposed)
    return Section(subject, waiting, form)


def _own(typed: Typed) -> Typed:
    return {name: values for name, values in typed.items() if name not in OF_THE_MEETING}


def _of_meeting(typed: Typed) -> Typed:
    return {name: values for name, values in typed.items() if name in OF_THE_MEETING}


def _as_of_now(typed: Typed, waiting: Sequence[WaitingPrompt]) -> Typed:
    """A draft taken up again answers prompts as they are now, not as they were then."""
    if not typed:
        return typed
    ticked = {_answered(value).public_id for value in typed.get("prompts", ())}
    return typed | {"prompts": [seen_as(one) for one in waiting if one.public_id in ticked]}


def _held(form: PartForm) -> bool:
    return bool(form.outcome.data == "held")


def _talk(form: PartForm) -> Talk:
    return Talk(
        factors=tuple(form.factors.data or ()),
        offers=form.offers(),
        primary_support=Support(form.primary_support.data),
        next_contact_on=form.next_contact_on.data,
        confidentiality=Confidentiality(form.confidentiality.data),
    )


def _answer(form: PartForm) -> Answer:
    state = PromptState(form.outcome.data)
    if state is PromptState.DEFERRED:
        return Answer(state, form.deferred_reason.data, form.deferred_until.data)
    if state is PromptState.DECLINED:
        return Answer(state, form.declined_reason.data)
    return Answer(state, form.not_needed_reason.data)


def locked_parts(lock: LockForm, sheet: Sheet) -> list[Part]:
    """What a locked page keeps for each person: that it is closed or put off, and nothing said."""
    if lock.locked.data == "leave":
        return []
    answer = (
        Answer(PromptState.DEFERRED, "agreed", lock.locked_until.data)
        if lock.locked.data == "later"
        else Answer(PromptState.NOT_NEEDED, WELFARE_LED)
    )
    return [
        Part(one.subject.id, answered, answer)
        for one in sheet.sections
        if (answered := one.answered())
    ]


def typed_by_person(sent: MultiDict[str, str], subjects: Iterable[Subject]) -> dict[int, Typed]:
    """What a form says of each person, with what it says of the meeting: known fields alone."""
    known = _known_fields()
    meeting = {name: _short(sent.getlist(name)) for name in OF_THE_MEETING if name in sent}
    found: dict[int, Typed] = {}
    for subject in subjects:
        own = {
            name: _short(sent.getlist(subject.prefix + name))
            for name in known
            if subject.prefix + name in sent
        }
        found[subject.id] = own | meeting
    return found


def _known_fields() -> list[str]:
    return [name for field in PartForm(formdata=None) for name in _names(field)]


def _names(field: Any) -> list[str]:
    if isinstance(field, DateParts):
        return [f"{field.name}-{part}" for part in PARTS]
    return [field.name]


def _short(values: Sequence[str]) -> list[str]:
    return [value[:LONGEST] for value in values[:LONGEST]]
