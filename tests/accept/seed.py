"""The published account that this site grew from: 360 conversations, what came of them, and why
its percentages only make sense of people."""

from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console

from app.database import make_engine, reading
from app.debriefs.statistics import support_counts
from app.demo import service as demo
from app.migrate import migrate
from app.referrals.models import Support
from app.security.key_store import opened_store
from tests.accept.check import Check, check

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
YEAR = {"first": date(2025, 11, 23), "last": date(2026, 11, 23)}
MAIN = (Support.LINE_MANAGER, Support.PEER_SUPPORT, Support.TRIM, Support.NONE)


def run(folder: Path, console: Console) -> list[Check]:
    """The demo's conversations, which are made to be those that were published."""
    instance = folder / "seed"
    instance.mkdir()
    engine = make_engine(f"sqlite:///{instance / 'tracker.db'}")
    migrate(engine)
    with opened_store(f"sqlite:///{instance / 'keys.db'}", instance) as keys:
        keys.create()
        console.print("Inventing one district for the published figures")
        demo.build(engine, size="slice", now=NOW, keys=keys)
    with reading(engine) as session:
        counts = support_counts(session, unit_ids=None, **YEAR)
    engine.dispose()
    main = [counts.primary[support] for support in MAIN]
    of_people = [f"{100 * number / counts.people:.1f}%" for number in main]
    of_talks = [f"{100 * number / counts.debriefs:.1f}%" for number in main[1:3]]
    return [
        check("Conversations, and people in them", (360, 490), (counts.debriefs, counts.people)),
        check("Line manager, peer support, TRiM, none", [412, 49, 20, 9], main),
        check("… of 490 people", ["84.1%", "10.0%", "4.1%", "1.8%"], of_people),
        check("Peer support, TRiM: of 360 conversations", ["13.6%", "5.6%"], of_talks),
        check("Occupational health", 0, counts.primary[Support.OCCUPATIONAL_HEALTH]),
    ]
