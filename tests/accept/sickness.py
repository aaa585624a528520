"""Two forces' published sickness figures, as spells that add up to them: imported, then measured.

A published figure is a sum; the spells it was made of are not known. So spells are made up here
that add up to each published number exactly, and go through the importer as a force's own would.
"""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from app.database import reading
from app.measures.asked import Absence, Question
from app.measures.live_absence import absence
from app.people.models import Unit
from app.security.permissions import Role
from app.security.viewer import Grant, Viewer
from tests.accept.check import Check, check
from tests.accept.database import fresh_engine, run_import

MAPPINGS = Path(__file__).parent / "mappings"
FILE = "uk_police_sickness_foi.csv"
HOURS_A_DAY = 8
LONGEST = Decimal(300)
"""Hours of one spell that is made up."""
AGES = {"Under 26": 2001, "26 to 40": 1990, "41 to 55": 1975, "Over 55": 1960}
"""A year of birth in each band of 2023."""
STAFF = 40
"""People of each age, who are a team of their own."""
LEAD = Viewer(1, None, "Lee", (Grant(Role.WELLBEING_LEAD, None),))
NOW = datetime(2024, 6, 1, tzinfo=UTC)
AVON, MIDLANDS = "Avon and Somerset Police", "West Midlands Police"


def run(data: Path, folder: Path) -> list[Check]:
    """Both forces."""
    with (data / FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [*_avon(rows, folder), *_midlands(rows, folder)]


# --- Made up ------------------------------------------------------------------------------------


def _import(folder: Path, engine: Engine, kind: str, rows: list[dict[str, object]]) -> None:
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    said = run_import(engine, kind, path, MAPPINGS / f"sickness_{kind}.yaml")
    new = re.search(r"New[ │]+([\d,]+)", said)
    if new is None or int(new[1].replace(",", "")) != len(rows):
        raise RuntimeError(said)


def _staff(folder: Path, engine: Engine) -> None:
    people_ = [
        {"ref": f"{born}-{number}", "born": born}
        for born in AGES.values()
        for number in range(STAFF)
    ]
    _import(folder, engine, "people", people_)
    postings = [{"person": one["ref"], "team": one["born"]} for one in people_]
    _import(folder, engine, "postings", postings)


def _spells(
    days: Decimal, code: str, year: int, refs: list[str], name: str
) -> Iterator[dict[str, object]]:
    """Spells in one year that add up to so many days."""
    left, number = days * HOURS_A_DAY, 0
    while left:
        hours = min(left, LONGEST)
        starts = date(year, 1, 1) + timedelta(days=7 * number % 300)
        yield {
            "ref": f"{name}-{code}-{year}-{number}",
            "person": refs[number % len(refs)],
            "first": starts,
            "last": starts + timedelta(days=number % 60),
            "code": code,
            "hours": hours,
        }
        left, number = left - hours, number + 1


def _days(hours: float) -> float:
    return round(hours / HOURS_A_DAY, 2)


def _share(found: Absence) -> str:
    return f"{100 * (found.of_all_hours.share or 0):.1f}%"


def _measured(session: Session, year: int, *teams: str) -> Absence:
    question = Question(date(year, 1, 1), date(year, 12, 31), units=teams)
    return absence(LEAD, session, question, now=NOW)


# --- Avon and Somerset, 2023 ----------------------------------------------------------------------


def _avon(rows: list[dict[str, str]], folder: Path) -> list[Check]:
    told = {
        (row["group"].removeprefix("officers, age "), row["reason"] == "all"): Decimal(row["value"])
        for row in rows
        if row["force"] == AVON
    }
    with fresh_engine(folder / "avon.db") as engine:
        _staff(folder, engine)
        spells: list[dict[str, object]] = []
        for band, born in AGES.items():
            refs = [f"{born}-{number}" for number in range(STAFF)]
            mental = told[band, False]
            spells += _spells(mental, "S10", 2023, refs, band)
            spells += _spells(told[band, True] - mental, "S13", 2023, refs, band)
        _import(folder, engine, "absences", spells)
        with reading(engine) as session:
            whole = _measured(session, 2023)
            parts = {band: _measured(session, 2023, team) for band, team in _teams(session)}
    checks = [
        check("Avon & Somerset 2023: days", 29_617.89, _days(whole.of_all_hours.base)),
        check("… psychological", 13_904.35, _days(whole.hours.counted)),
        check("… as a share of all days", "46.9%", _share(whole)),
        check(
            "… as they were published", float(told["Total", True]), _days(whole.of_all_hours.base)
        ),
    ]
    for band, part in parts.items():
        known = (float(told[band, True]), float(told[band, False]))
        ours = (_days(part.of_all_hours.base), _days(part.hours.counted))
        checks.append(check(f"… of officers aged {band.lower()}: days, psychological", known, ours))
    added = sum(Decimal(str(_days(part.of_all_hours.base))) for part in parts.values())
    return [*checks, check("… the age groups added up", Decimal("29617.89"), added)]


def _teams(session: Session) -> Iterator[tuple[str, str]]:
    teams = {unit.source_ref: unit.public_id for unit in session.exec(select(Unit))}
    return ((band, teams[str(born)]) for band, born in AGES.items())


# --- West Midlands, 2017 to 2021 ------------------------------------------------------------------


def _midlands(rows: list[dict[str, str]], folder: Path) -> list[Check]:
    told: dict[int, dict[str, Decimal]] = {}
    for row in rows:
        if row["force"] == MIDLANDS and row["reason"] == "psychological":
            told.setdefault(int(row["period"]), {})[row["measure"]] = Decimal(row["value"])
    years = {
        year: (one["working days lost"], one["share of days lost %"]) for year, one in told.items()
    }
    refs = [f"{born}-{number}" for born in AGES.values() for number in range(STAFF)]
    with fresh_engine(folder / "midlands.db") as engine:
        _staff(folder, engine)
        spells: list[dict[str, object]] = []
        for year, (days, share) in years.items():
            whole = (100 * days / share).quantize(Decimal(1))
            spells += _spells(days, "S10", year, refs, "wm")
            spells += _spells(whole - days, "S13", year, refs, "wm")
        _import(folder, engine, "absences", spells)
        with reading(engine) as session:
            found = {year: _measured(session, year) for year in years}
    checks = [
        check(
            f"West Midlands {year}: psychological days, and share",
            f"{days:,} ({share}%)",
            f"{_days(found[year].hours.counted):,.0f} ({_share(found[year])})",
        )
        for year, (days, share) in years.items()
    ]
    first, last = found[min(years)], found[max(years)]
    fewer = first.hours.counted > last.hours.counted
    larger = (first.of_all_hours.share or 0) < (last.of_all_hours.share or 0)
    moved = f"days {'fell' if fewer else 'rose'}, share {'rose' if larger else 'fell'}"
    return [*checks, check("West Midlands 2017 to 2021", "days fell, share rose", moved)]
