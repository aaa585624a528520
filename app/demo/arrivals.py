"""What the data steward of a demo sees: the latest readings of feeds, and rows not yet usable."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlmodel import Session

from app.demo.chance import Chance
from app.demo.incidents import World
from app.demo.store import Row, write
from app.feeds.models import FeedKind, ImportRun, QuarantinedRow, RunState

DAYS = 4
NIGHTLY = (FeedKind.PEOPLE, FeedKind.POSTINGS, FeedKind.LEAVERS)
"""From the HR system, once a night; incidents and attendance come every few hours."""
SIZES = {
    FeedKind.PEOPLE: 1.0,
    FeedKind.POSTINGS: 0.03,
    FeedKind.LEAVERS: 0.004,
    FeedKind.INCIDENTS: 0.004,
    FeedKind.ATTENDANCE: 0.008,
}
"""Rows in each file, for each person in the force."""

UNKNOWN_PERSON = "No person has this reference yet. The row is tried again when the person arrives."
REFUSED: tuple[tuple[FeedKind, str, str, dict[str, str], str | None], ...] = (
    (
        FeedKind.INCIDENTS,
        "closing_code",
        "The code DOM-7 is in no code list of this mapping. Add it to the mapping.",
        {"ref": "NP-{day:%y%m%d}-900014", "closing_code": "DOM-7"},
        None,
    ),
    (
        FeedKind.INCIDENTS,
        "occurred_at",
        "This moment is in the future. Correct it at the source.",
        {"ref": "NP-{day:%y%m%d}-900022", "occurred_at": "2062-11-21T22:15:00"},
        None,
    ),
    (
        FeedKind.ATTENDANCE,
        "person_ref",
        UNKNOWN_PERSON,
        {"ref": "NP-{day:%y%m%d}-900031/90417", "person_ref": "90417"},
        "person:hr:90417",
    ),
    (
        FeedKind.ATTENDANCE,
        "person_ref",
        UNKNOWN_PERSON,
        {"ref": "NP-{day:%y%m%d}-900032/90418", "person_ref": "90418"},
        "person:hr:90418",
    ),
    (
        FeedKind.POSTINGS,
        "ends_on",
        "This posting ends before it begins. Correct it at the source.",
        {"ref": "P900001", "starts_on": "{day:%Y-%m-%d}", "ends_on": "2019-10-30"},
        None,
    ),
)


def write_arrivals(session: Session, world: World, people: int, chance: Chance) -> None:
    """Store the last few days' readings. The newest of a kind holds that kind's refused rows."""
    runs = sorted(_runs(world, people, chance), key=lambda run: run["started_at"])
    for number, run in enumerate(runs, 1):
        run["id"] = number
    newest = {run["kind"]: run for run in runs}
    rows = list(_refused(newest))
    write(session, ImportRun, runs)
    write(session, QuarantinedRow, rows)


def _runs(world: World, people: int, chance: Chance) -> Iterator[Row]:
    midnight = world.now.replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(DAYS):
        for kind, size in SIZES.items():
            hours = (3,) if kind in NIGHTLY else (1, 7, 13, 19)
            for hour in hours:
                at = midnight - timedelta(days=back) + timedelta(hours=hour, minutes=5)
                if at < world.now - timedelta(minutes=30):
                    yield _run(kind, at, round(people * size), chance)


def _run(kind: FeedKind, at: datetime, usual: int, chance: Chance) -> Row:
    # Everybody comes each night; of the rest only what is new.
    spread = 0.002 if kind is FeedKind.PEOPLE else 0.2
    read = max(1, round(usual * chance.uniform(1 - spread, 1 + spread)))
    system = "hr" if kind in NIGHTLY else "command"
    new = read if kind not in NIGHTLY else round(read * 0.002)
    return {
        "id": 0,
        "kind": kind,
        "file_name": f"{system}-{kind.value}-{at:%Y%m%d-%H%M}.csv",
        "mapping": f"{system} {kind.value}, version 1",
        "started_at": at,
        "finished_at": at + timedelta(seconds=1 + read // 4_000),
        "state": RunState.FINISHED,
        "read": read,
        "stored": new,
        "unchanged": read - new,
        "quarantined": 0,
    }


def _refused(newest: dict[FeedKind, Row]) -> Iterator[Row]:
    for number, (kind, field, reason, values, waiting_for) in enumerate(REFUSED, 1):
        run = newest[kind]
        run["quarantined"] += 1
        run["read"] += 1
        yield {
            "run_id": run["id"],
            "kind": kind,
            "source_system": "hr" if kind in NIGHTLY else "command",
            "fingerprint": blake2b(f"demo {number}".encode(), digest_size=16).hexdigest(),
            "row_number": number + 1,
            "field": field,
            "reason": reason,
            "values": {name: value.format(day=run["started_at"]) for name, value in values.items()},
            "waiting_for": waiting_for,
            "quarantined_at": run["finished_at"],
        }
