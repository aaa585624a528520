"""Every measure once more, a person at a time, as somebody would count with pen and paper."""

from datetime import timedelta

from sqlmodel import col, select

from app.common.clock import local_date, start_of_day
from app.debriefs.models import Debrief, DebriefPerson, DebriefPrompt, SupportOffer
from app.debriefs.service import factors_of
from app.exposure.models import Exposure, Prompt, PromptPerson
from app.incidents.models import Incident
from app.people.models import AbsenceSpell, Person
from app.referrals.models import SERVICES, Referral
from app.referrals.rules import after, usual

HALF_YEAR = timedelta(days=182)
OFFERED = {"offered", "accepted", "declined"}
DAY = timedelta(days=1)


class Slow:
    """The people of one period, and what is so of each: measure → in the base, counted."""

    def __init__(self, session, keys, period, *, now) -> None:
        self.session, self.keys, self.period = session, keys, period
        self.first, self.last = period.first, min(period.last, local_date(now))
        self.begins = start_of_day(self.first)
        self.over = min(now, start_of_day(period.last + DAY))
        everybody = session.exec(select(Person).order_by(col(Person.public_id))).all()
        self.people = [one for one in everybody if self._here(one)]

    def _here(self, one) -> bool:
        if one.only_number or one.became_id is not None:
            return False
        days = {row.occurred_on for row in self._of(Exposure, one)}
        if any(self.first <= day <= self.period.last for day in days):
            return True
        if one.left_on is None:
            return one.joined_on is None or one.joined_on <= self.last
        if one.joined_on is not None and one.joined_on > one.left_on:
            return one.left_on >= self.first or one.joined_on <= self.last
        joined = one.joined_on is None or one.joined_on <= self.last
        return joined and one.left_on >= self.first

    def _of(self, model, one):
        return self.session.exec(select(model).where(model.person_id == one.id)).all()

    def counts(self, one, moment) -> bool:
        """Whether something of that moment is theirs, and not of whoever had the number before."""
        return one.counts_from is None or moment >= one.counts_from

    def until(self, one):
        """Their last day in the period."""
        back = one.left_on and one.joined_on and one.joined_on > one.left_on
        return self.last if back or one.left_on is None else min(one.left_on, self.last)

    def says(self, one) -> dict[str, tuple[bool, bool]]:
        """Measure → whether somebody is in the base, and whether they are counted."""
        found = {}
        for part in (
            self._exposed,
            self._prompted,
            self._talked,
            self._referred,
            self._absent,
            self._left,
        ):
            found |= part(one)
        return found

    def _exposed(self, one):
        types = [
            row.type_code
            for row in self._of(Exposure, one)
            if self.first <= row.occurred_on <= self.period.last
        ]
        found = {f"type_{code}": (True, True) for code in types}
        return found | {
            "exposed": (True, len(types) >= 1),
            "exposed_3": (True, len(types) >= 3),
            "exposed_6": (True, len(types) >= 6),
            "repeated": (True, any(types.count(code) >= 2 for code in types)),
        }

    def _prompted(self, one):
        opened, due = False, []
        for row in self._of(PromptPerson, one):
            prompt = self.session.get(Prompt, row.prompt_id)
            occurred = self.session.get(Incident, prompt.incident_id).occurred_at
            if row.state == "withdrawn" or not self.counts(one, occurred):
                continue
            opened |= self.begins <= prompt.opened_at < self.over
            due_at = max(prompt.opened_at, occurred) + timedelta(hours=72)
            if self.begins <= due_at < self.over:
                due.append((row, due_at))
        held = [row.state == "held" and self._spoken(row) <= at for row, at in due]
        declined = [row.state == "declined" and row.changed_at <= at for row, at in due]
        either = [one or other for one, other in zip(held, declined, strict=True)]
        return {
            "prompted": (True, opened),
            "talked_in_time": (bool(due), bool(due) and all(held)),
            "answered_in_time": (bool(due), bool(due) and all(either)),
        }

    def _spoken(self, row):
        talks = self.session.exec(
            select(Debrief)
            .join(DebriefPerson)
            .join(DebriefPrompt)
            .where(DebriefPrompt.prompt_person_id == row.id)
        ).all()
        return min(min(one.recorded_at, start_of_day(one.held_on + DAY)) for one in talks)

    def _parts(self, one):
        for part in self._of(DebriefPerson, one):
            debrief = self.session.get(Debrief, part.debrief_id)
            mine = self.counts(one, debrief.recorded_at)
            if mine and self.first <= debrief.held_on <= self.last:
                yield part

    def _talked(self, one):
        exposed = self._exposed(one)["exposed"][1]
        parts = list(self._parts(one))
        shared = [part for part in parts if part.confidentiality == "shared"]
        offers = [offer for part in shared for offer in self._offers(part)]
        has = any(status in {"accepted", "in_place"} for _kind, status in offers)
        found = {
            "exposed_talked": (exposed, exposed and bool(parts)),
            "exposed_offered": (exposed, exposed and any(s in OFFERED for _k, s in offers)),
            "exposed_supported": (exposed, exposed and has),
        }
        for what, statuses in (
            ("offered", OFFERED),
            ("accepted", {"accepted"}),
            ("declined", {"declined"}),
        ):
            found[f"{what}_any"] = (bool(shared), any(s in statuses for _k, s in offers))
            for kind in ("trim", "gp", "chaplain"):
                met = any(s in statuses and k == kind for k, s in offers)
                found[f"{what}_{kind}"] = (bool(shared), met)
        return found | self._mentioned(one, shared)

    def _mentioned(self, one, shared):
        legible = [part for part in shared if part.sealed_factors]
        factors = [
            code
            for part in legible
            for code in factors_of(
                keys=self.keys, person_id=part.named_id or one.id, sealed=part.sealed_factors
            )
        ]
        return {
            f"factor_{code}": (bool(legible), code in factors)
            for code in ("alone", "cumulative", "scrutiny")
        }

    def _offers(self, part):
        rows = self.session.exec(
            select(SupportOffer).where(SupportOffer.debrief_person_id == part.id)
        ).all()
        return [(row.support.value, row.status.value) for row in rows if row.support != "none"]

    def _referred(self, one):
        found = {}
        theirs = [row for row in self._of(Referral, one) if self.counts(one, row.agreed_at)]
        for kind, services in {"any": SERVICES, **{s.value: (s,) for s in SERVICES}}.items():
            sent, timely = False, []
            for row in theirs:
                if row.service not in services or row.sent_at >= self.over:
                    continue
                sent |= row.sent_at >= self.begins
                rule = usual(row.service)
                due = after(row.sent_at, rule.contact_hours, works_weekends=rule.works_weekends)
                back = row.outcome == "withdrawn" and not row.contacted_on and row.closed_at < due
                if self.begins <= due < self.over and not back:
                    timely.append(
                        row.contacted_on is not None and start_of_day(row.contacted_on) < due
                    )
            found[f"referred_{kind}"] = (True, sent)
            found[f"contacted_{kind}"] = (bool(timely), bool(timely) and all(timely))
        return found

    def _spells(self, one):
        for row in self._of(AbsenceSpell, one):
            gone = one.left_on if self.until(one) == one.left_on else None
            ends = min(filter(None, (row.ends_on, self.last, gone)))
            mine = self.counts(one, start_of_day(row.starts_on))
            if mine and not row.withdrawn and row.starts_on <= self.last:
                yield row, max(ends, row.starts_on)

    def _absent(self, one):
        spells = [(row, ends) for row, ends in self._spells(one) if ends >= self.first]
        mental = [(row, ends) for row, ends in spells if row.psychological]
        return {
            "absent": (True, bool(spells)),
            "absent_psychological": (True, bool(mental)),
            "absent_psychological_long": (
                True,
                any((ends - row.starts_on).days + 1 > 28 for row, ends in mental),
            ),
            **self._beside(one),
        }

    def _beside(self, one):
        days = []
        for part in self._of(DebriefPerson, one):
            debrief = self.session.get(Debrief, part.debrief_id)
            accepted = any(status == "accepted" for _kind, status in self._offers(part))
            in_time = self.first - HALF_YEAR <= debrief.held_on <= self.last - HALF_YEAR
            mine = self.counts(one, debrief.recorded_at)
            if accepted and in_time and mine and part.confidentiality == "shared":
                days.append(debrief.held_on)
        none = {"absent_before_support": (False, False), "absent_after_support": (False, False)}
        if not days:
            return none
        day = min(days)
        if one.joined_on and one.joined_on > day - HALF_YEAR:
            return none
        back = one.left_on and one.joined_on and one.joined_on > one.left_on
        if one.left_on and not back and one.left_on < day + HALF_YEAR:
            return none
        spells = [(row, ends) for row, ends in self._spells(one) if row.psychological]
        before = any(row.starts_on < day and ends >= day - HALF_YEAR for row, ends in spells)
        following = any(row.starts_on <= day + HALF_YEAR and ends > day for row, ends in spells)
        return {
            "absent_before_support": (True, before),
            "absent_after_support": (True, following),
        }

    def _left(self, one):
        gone = one.left_on is not None and self.first <= one.left_on <= self.last
        reason = one.leaving_reason.value if one.leaving_reason else "not_recorded"
        chosen = reason in {"voluntary_resignation", "medical_retirement"}
        return {
            "left_resigned_or_medical": (True, gone and chosen),
            "left_without_transfers": (True, gone and reason != "transfer"),
            "left_with_transfers": (True, gone),
        }
