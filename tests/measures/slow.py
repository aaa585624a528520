"""What the wellbeing lens should answer, counted person by person in plain Python."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from app.common.clock import LONDON, local_date, start_of_day
from app.debriefs.models import Confidentiality, Debrief, DebriefPerson, DebriefPrompt, SupportOffer
from app.exposure.models import Exposure, Prompt, PromptPerson, PromptState
from app.incidents.models import Incident
from app.people.models import AbsenceSpell, ContractedHours, Person, Posting, Skill, UnitAncestor
from app.referrals.models import Referral, ReferralWish

DAY = timedelta(days=1)


class Slow:
    """Every row of a small force, and the people whom one question is about."""

    def __init__(self, session, wide, question, now, units):
        self.session, self.wide, self.question, self.now = session, wide, question, now
        self.units, self.today = units, local_date(now)
        self.rows = {
            model: list(session.exec(select(model)))
            for model in (Exposure, AbsenceSpell, ContractedHours, Skill, Posting, UnitAncestor)
        }
        self.everybody = [p for p in session.exec(select(Person)) if self.is_asked_about(p)]
        self.narrow = [p for p in self.everybody if self.types_fit(p)]

    def within(self, day):
        return self.question.first <= day <= self.question.last

    def as_of(self, person):
        if person.left_on is None or person.left_on >= self.today:
            return self.today
        back = person.joined_on and person.left_on < person.joined_on <= self.today
        return self.today if back else person.left_on

    def unit_of(self, person):
        day, best = self.as_of(person), None
        for one in self.rows[Posting]:
            covers = one.starts_on <= day and (one.ends_on is None or one.ends_on >= day)
            if one.person_id == person.id and covers and not one.withdrawn:
                best = max(best, one, key=lambda row: row.precedence) if best else one
        return best.unit_id if best else None

    def above(self, unit):
        return {one.ancestor_id for one in self.rows[UnitAncestor] if one.unit_id == unit}

    def came_back(self, person):
        return bool(
            person.joined_on
            and person.left_on
            and person.left_on < person.joined_on <= self.question.last
        )

    def left(self, person):
        inside = person.left_on is not None and self.within(person.left_on)
        return inside and not self.came_back(person)

    def in_force(self, person):
        days = (self.question.last - self.question.first).days + 1
        for number in range(days):
            day = self.question.first + number * DAY
            joined, left = person.joined_on, person.left_on
            if joined and left and joined > left:
                here = day <= left or day >= joined
            else:
                here = (joined is None or joined <= day) and (left is None or day <= left)
            if here:
                return True
        return False

    def is_asked_about(self, person):
        asked, unit = self.question, self.unit_of(person)
        above = self.above(unit)
        return (
            unit is not None
            and person.became_id is None
            and not person.only_number
            and (self.wide is None or bool(above & set(self.wide)))
            and (not asked.units or bool(above & {self.units[one] for one in asked.units}))
            and self.in_force(person)
            and (not asked.person or person.public_id == asked.person)
            and (not asked.ranks or person.rank in asked.ranks)
            and (not asked.staff_types or person.staff_type in asked.staff_types)
            and (not asked.service or any(self.served(person, one) for one in asked.service))
            and (not asked.skills or self.held(person, asked.skills))
            and asked.psychological in (None, bool(self.spells(person, psychological=True)))
            and asked.left in (None, self.left(person))
        )

    def served(self, person, band):
        if person.joined_on is None:
            return band == "not_recorded"
        if band == "not_recorded":
            return False
        last, first = self.question.last, person.joined_on
        years = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
        least, most = band.years
        return least <= years and (most is None or years < most)

    def held(self, person, skills):
        day = self.as_of(person)
        return any(
            one.person_id == person.id
            and one.name in skills
            and not one.withdrawn
            and one.starts_on <= day
            and (one.ends_on is None or one.ends_on >= day)
            for one in self.rows[Skill]
        )

    def exposures(self, person):
        return [
            one
            for one in self.rows[Exposure]
            if one.person_id == person.id
            and self.within(one.occurred_on)
            and (not self.question.types or one.type_code in self.question.types)
        ]

    def types_fit(self, person):
        return not self.question.types or bool(self.exposures(person))

    def spells(self, person, *, psychological=None):
        return [
            one
            for one in self.rows[AbsenceSpell]
            if one.person_id == person.id
            and not one.withdrawn
            and one.starts_on <= self.question.last
            and (one.ends_on is None or one.ends_on >= self.question.first)
            and psychological in (None, one.psychological)
        ]

    # --- What the answers should be ---------------------------------------------------------------

    def exposure(self):
        totals = Counter({one.id: len(self.exposures(one)) for one in self.everybody})
        by_type = {
            one.id: Counter(e.type_code for e in self.exposures(one)) for one in self.everybody
        }
        months = {}
        for one in self.everybody:
            for row in self.exposures(one):
                months.setdefault(row.occurred_on.replace(day=1), []).append(one.id)
        bands = Counter(
            "0" if n == 0 else "1-2" if n < 3 else "3-5" if n < 6 else "6+" for n in totals.values()
        )
        types = {
            code: (
                sum(counts[code] > 0 for counts in by_type.values()),
                sum(counts[code] > 1 for counts in by_type.values()),
                sum(counts[code] for counts in by_type.values()),
            )
            for code in {code for counts in by_type.values() for code in counts}
        }
        return {
            "everybody": len(self.everybody),
            "people": sum(n > 0 for n in totals.values()),
            "exposures": sum(totals.values()),
            "bands": {one: bands.get(one, 0) for one in ("0", "1-2", "3-5", "6+")},
            "repeated": sum(max(c.values(), default=0) > 1 for c in by_type.values()),
            "types": types,
            "months": {month: (len(set(ids)), len(ids)) for month, ids in months.items()},
        }

    def prompting(self):
        people = {one.id: one for one in self.narrow}
        found = []
        for row in self.session.exec(select(PromptPerson)):
            prompt = self.session.get(Prompt, row.prompt_id)
            happened = self.session.get(Incident, prompt.incident_id).occurred_at
            person = people.get(row.person_id)
            if person is None or row.state is PromptState.WITHDRAWN:
                continue
            if person.counts_from and person.counts_from > happened:
                continue
            if self.within(local_date(prompt.opened_at)):
                until = max(prompt.opened_at, happened) + timedelta(hours=72)
                found.append((row, until))
        over = [(row, until) for row, until in found if until <= self.now]
        quick = sum(
            row.state is PromptState.HELD and self.spoken(row) <= until for row, until in over
        )
        states = Counter(row.state for row, _until in found)
        waiting = {row.person_id for row, _until in found if row.state is PromptState.OPEN}
        return {
            "everybody": len(people),
            "people": len({row.person_id for row, _until in found}),
            "in_72_hours": (quick, len(over)),
            "states": {one: states.get(one, 0) for one in PromptState if one != "withdrawn"},
            "waiting": len(waiting),
        }

    def spoken(self, row):
        moments = [row.changed_at]
        for link in self.session.exec(select(DebriefPrompt)):
            if link.prompt_person_id == row.id:
                part = self.session.get(DebriefPerson, link.debrief_person_id)
                talk = self.session.get(Debrief, part.debrief_id)
                moments += [start_of_day(talk.held_on + DAY), talk.recorded_at]
        return min(moments)

    def support(self):
        people = {one.id: one for one in self.narrow}
        parts = []
        for part in self.session.exec(select(DebriefPerson)):
            talk, person = self.session.get(Debrief, part.debrief_id), people.get(part.person_id)
            if person is None or not self.within(talk.held_on):
                continue
            if person.counts_from is None or person.counts_from <= talk.recorded_at:
                parts.append((part, talk))
        shared = {
            p.id: p.person_id for p, _t in parts if p.confidentiality == Confidentiality.SHARED
        }
        offers = {}
        for offer in self.session.exec(select(SupportOffer)):
            if offer.debrief_person_id in shared:
                key = offer.support, offer.status
                offers.setdefault(key, set()).add(shared[offer.debrief_person_id])
        private = {p.person_id for p, _t in parts if p.id not in shared}
        return {
            "people": len({part.person_id for part, _talk in parts}),
            "conversations": len({talk.id for _part, talk in parts}),
            "private": len(private),
            "shared": len(set(shared.values())),
            "offers": {key: len(some) for key, some in offers.items()},
        }

    def referrals(self):
        people = {one.id: one for one in self.narrow}
        own = {one.referral_id for one in self.session.exec(select(ReferralWish))}
        found = {}
        for row in self.session.exec(select(Referral)):
            person = people.get(row.person_id)
            if person is None or row.id in own or not row.supervisor_sees:
                continue
            if person.counts_from and person.counts_from > row.agreed_at:
                continue
            if self.within(local_date(row.agreed_at)):
                found.setdefault(row.service, []).append(row.person_id)
        return {service: (len(set(ids)), len(ids)) for service, ids in found.items()}

    def absence(self):
        hours, count, ids, long = Counter(), Counter(), set(), set()
        for person in self.narrow:
            for one, end in self.standing(person):
                lost, days = self.inside(one, end)
                hours["all"] += lost
                count["all"] += 1
                if one.psychological:
                    hours["psychological"] += lost
                    count["psychological"] += 1
                    count["started"] += one.starts_on >= self.question.first
                    ids.add(person.id)
                    long |= {person.id} if days > 28 else set()
            hours["contracted"] += self.contracted(person)
        return {
            "hours": hours["psychological"],
            "all": hours["all"],
            "contracted": hours["contracted"],
            "spells": (count["psychological"], count["all"], count["started"]),
            "people": (len(ids), len(long)),
        }

    def standing(self, person):
        """Each spell of the period that is theirs, with its last day."""
        known = self.as_of(person)
        for one in self.spells(person):
            end = max(one.starts_on, min(one.ends_on or known, known))
            before = person.counts_from and one.starts_on < person.joined_on
            if end >= self.question.first and not before:
                yield one, end

    def inside(self, one, end):
        """Hours lost in the period, and days until its end."""
        last = min(end, self.question.last)
        inside = (last - max(one.starts_on, self.question.first)).days + 1
        lost = float(one.hours_lost) * inside / ((end - one.starts_on).days + 1)
        return lost, (last - one.starts_on).days + 1

    def contracted(self, person):
        whole = 0.0
        for hours in self.rows[ContractedHours]:
            if hours.person_id == person.id and not hours.withdrawn:
                days = [hours.month + n * DAY for n in range(31)]
                days = [day for day in days if day.month == hours.month.month]
                whole += float(hours.hours) * sum(map(self.within, days)) / len(days)
        return whole

    def attrition(self):
        gone = Counter(
            one.leaving_reason or "not_recorded" for one in self.narrow if self.left(one)
        )
        return len(self.narrow), gone


class Chance:
    """Choices that are the same each time."""

    def __init__(self, seed):
        from numpy.random import default_rng  # noqa: PLC0415

        self.numbers = default_rng(seed)

    def random(self):
        return float(self.numbers.random())

    def randrange(self, low, high=None):
        return int(self.numbers.integers(*((0, low) if high is None else (low, high))))

    def choice(self, values):
        return values[self.randrange(len(values))]

    def sample(self, values, count):
        return [values[at] for at in self.numbers.permutation(len(values))[:count]]


def moment(rng, first, last):
    """A moment between two days."""
    day = first + DAY * rng.randrange((last - first).days + 1)
    at = datetime(day.year, day.month, day.day, rng.randrange(24), rng.randrange(60), tzinfo=LONDON)
    return at.astimezone(UTC)
