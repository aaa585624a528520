"""Fourteen years of one police force: incidents of force, who reported them, postings, leavers.

Imported backwards, so that every row at first refers to something that has not arrived.
"""

from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine, distinct, func, or_, text
from sqlmodel import col, select

from app.common.clock import utc_now
from app.database import reading
from app.exposure.models import Exposure, PromptPerson
from app.exposure.service import differences
from app.feeds.models import ImportRun, QuarantinedRow
from app.incidents.models import Attendance, Incident
from app.measures.building import people
from app.measures.catalogue import Words, measures
from app.measures.counting import frames
from app.measures.reading import Asked
from app.measures.vocabulary import NOT_RECORDED, Dimension, Period, PeriodKind, Theme
from app.people.models import Person, Posting, Unit
from app.security.key_store import open_store
from tests.accept.check import Check, check
from tests.accept.database import fresh_engine, run_import

MAPPINGS = Path(__file__).parent / "mappings"
FILES = {
    "attendance": "attendance.csv",
    "leavers": "leavers.csv",
    "incidents": "incidents.csv",
    "postings": "unit_moves.csv",
    "people": "people.csv",
}
"""In the order in which they are imported."""
FACTS = (
    "unit",
    "person",
    "characteristic",
    "posting",
    "incident",
    "attendance",
    "exposure",
    "month_tally",
    "prompt_person",
)
YEAR = (date(2016, 1, 1), date(2016, 12, 31))
FEW = 5
SMALL = 30


def run(data: Path, folder: Path, console: Console) -> list[Check]:
    """Import everything twice and compare with what is known."""
    with fresh_engine(folder / "chicago.db") as engine:
        _import_all(engine, data, console)
        before = _fingerprint(engine)
        checks = [*_counts(engine), *_year(engine), *_units(engine), *_soundness(engine)]
        checks += _frames(engine, folder)
        _import_all(engine, data, console)
        after = _fingerprint(engine)
    return [*checks, check("Importing everything again changes", "nothing", _change(before, after))]


def _import_all(engine: Engine, data: Path, console: Console) -> None:
    for kind, name in FILES.items():
        console.print(run_import(engine, kind, data / name, MAPPINGS / f"{kind}.yaml"))


def _counts(engine: Engine) -> list[Check]:
    with reading(engine) as session:
        counts = {
            model: session.exec(select(func.count()).select_from(model)).one()
            for model in (Person, Incident, Attendance, Exposure)
        }
        left = session.exec(select(func.count()).where(col(Person.left_on).is_not(None))).one()
        runs = session.exec(select(ImportRun)).all()
    read = sum(run.read for run in runs)
    told = sum(
        run.stored + run.updated + run.unchanged + run.superseded + run.ignored + run.quarantined
        for run in runs
    )
    return [
        check("Officers", 11_910, counts[Person]),
        check("Leavers", 4_951, left),
        check("Incidents", 46_343, counts[Incident]),
        check("Attendance reports", 75_759, counts[Attendance]),
        check("Different pairs of person and incident", 74_055, counts[Exposure]),
        check("Rows read, and rows accounted for", read, told),
    ]


def _year(engine: Engine) -> list[Check]:
    with reading(engine) as session:
        each = session.exec(
            select(func.count())
            .select_from(Exposure)
            .where(col(Exposure.occurred_on).between(*YEAR))
            .group_by(col(Exposure.person_id))
        ).all()
    return [
        check("2016: officers exposed", 2_788, len(each)),
        check("2016: exposures", 4_559, sum(each)),
        check("2016: most of one officer", 15, max(each)),
    ]


def _units(engine: Engine) -> list[Check]:
    with reading(engine) as session:
        sizes = session.exec(
            select(func.count(distinct(col(Attendance.person_id))))
            .join(
                Exposure,
                (col(Exposure.incident_id) == col(Attendance.incident_id))
                & (col(Exposure.person_id) == col(Attendance.person_id)),
            )
            .where(col(Exposure.occurred_on).between(*YEAR))
            .group_by(col(Attendance.unit_ref))
        ).all()
        covered = _covered_reports(session)
    agree = sum(covered.values())
    return [
        check("2016: units on the reports", 49, len(sizes)),
        check("2016: of them with fewer than 5 officers", 10, sum(n < FEW for n in sizes)),
        # Spells that end before they start, or have no start, are set aside: two reports fewer.
        Check(
            "Unit on the report is one posted to that day",
            "99.0% of 70,138",
            f"{agree / max(len(covered), 1):.1%} of {len(covered):,}",
            (agree, len(covered)) == (69_441, 70_136),
        ),
    ]


def _frames(engine: Engine, folder: Path) -> list[Check]:
    """The same year once more, as figures are made: people in categories, counted in frames."""
    listed = measures(Words({code: code for code in ("use_of_force",)}, {}, 72))
    wanted = [one for one in listed if one.theme is Theme.EXPOSURE]
    keys = open_store(f"sqlite:///{folder / 'none.db'}", folder)
    with reading(engine) as session:
        found = people(session, period=Period(YEAR[0], PeriodKind.YEAR), now=utc_now())
        counted = {
            frame.measure.code: frame
            for frame in frames(session, keys, people=found, measures=wanted)
        }
        totals: Counter[int] = Counter()
        for each in Asked(session, keys, found).incidents.values():
            totals.update(each)
    exposed = counted["exposed"].counted
    bands = [int(counted[code].counted.sum()) for code in ("exposed", "exposed_3", "exposed_6")]
    known = [sum(count >= least for count in totals.values()) for least in (1, 3, 6)]
    units = found.member[Dimension.TEAM]
    named = [
        size
        for size, category in zip(
            units.sum(axis=0).tolist(), found.categories[Dimension.TEAM], strict=True
        )
        if category.code != NOT_RECORDED
    ]
    inside = (units & exposed[:, None]).sum()
    return [
        check("2016, in frames: officers exposed", 2_788, int(exposed.sum())),
        check("2016, in frames: most of one officer", 15, max(totals.values())),
        check("2016, in frames: exposed to 1, 3 and 6 or more", known, bands),
        check("2016, in frames: those exposed, added up by unit", 2_788, int(inside)),
        check("2016, in frames: units of fewer than 30 officers", 0, sum(n < SMALL for n in named)),
    ]


def _covered_reports(session) -> Counter[int]:
    """Reports on a day that some posting covers, and whether one of them names the same unit."""
    statement = (
        select(Attendance.id, func.max(Unit.source_ref == col(Attendance.unit_ref)))
        .join(
            Exposure,
            (col(Exposure.incident_id) == col(Attendance.incident_id))
            & (col(Exposure.person_id) == col(Attendance.person_id)),
        )
        .join(Posting, col(Posting.person_id) == col(Attendance.person_id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(
            col(Posting.starts_on) <= col(Exposure.occurred_on),
            or_(
                col(Posting.ends_on).is_(None),
                col(Posting.ends_on) >= col(Exposure.occurred_on),
            ),
        )
        .group_by(col(Attendance.id))
    )
    return Counter({report: int(same) for report, same in session.exec(statement)})


def _soundness(engine: Engine) -> list[Check]:
    with reading(engine) as session:
        waiting = session.exec(
            select(func.count()).where(col(QuarantinedRow.waiting_for).is_not(None))
        ).one()
        prompts = session.exec(select(func.count()).select_from(PromptPerson)).one()
        found = differences(session)
    return [
        check("Rows still waiting for something", 0, waiting),
        check("Differences from a recount", 0, len(found)),
        check("Prompts about the past", 0, prompts),
    ]


def _fingerprint(engine: Engine) -> dict[str, str]:
    """What each table of facts holds."""
    found = {}
    with reading(engine) as session:
        for table in FACTS:
            digest = sha256()
            # Live pages poll a unit's version; it may move without a fact changing.
            columns = "id, name, kind, parent_id" if table == "unit" else "*"
            for row in session.connection().execute(
                text(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3")
            ):
                digest.update(repr(row).encode())
            found[table] = digest.hexdigest()
        found["set aside"] = str(
            session.exec(
                select(func.count()).where(col(QuarantinedRow.resolved_at).is_(None))
            ).one()
        )
    return found


def _change(before: dict[str, str], after: dict[str, str]) -> str:
    return ", ".join(name for name in before if before[name] != after[name]) or "nothing"
