"""Counts for named wellbeing roles: every percentage says its base."""

import re

from sqlmodel import func, select

from app.database import reading
from app.debriefs.models import Debrief, DebriefPerson
from app.security.permissions import Role


def test_people_and_conversations_are_counted_apart_and_bases_are_printed(site):
    page = site.sign_in_as(Role.WELLBEING_LEAD).get("/support").page
    with reading(site.engine) as session:
        talks = session.exec(select(func.count()).select_from(Debrief)).one()
        people = session.exec(select(func.count()).select_from(DebriefPerson)).one()
    words = page.words("main")
    assert f"{talks} conversations" in words
    assert f"{people} people in them" in words
    shown = re.findall(r"(\d+) of (\d+) people \(", words)
    assert {base for _part, base in shown} == {str(people)}
    rows = page.select("table")[0].select("tbody tr")
    assert sum(int(row.select("td")[0].text.split()[0]) for row in rows) == people


def test_that_nobody_was_referred_to_occupational_health_is_said_and_not_left_out(site):
    words = site.sign_in_as(Role.WELLBEING_LEAD).get("/support").page.words("main")
    assert "Occupational health 0 of" in words


def test_leaders_are_not_shown_exact_counts(site):
    for role in (Role.SENIOR_LEADER, Role.DEI_ANALYST, Role.EVALUATOR, Role.SUPERVISOR):
        site.sign_in_as(role).get("/support", status=403)
