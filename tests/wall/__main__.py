"""``python -m tests.wall``: a force of 1,500 people and more, a canary in every sensitive field of
each, and every role at every address with a thousand of them. Prints what was tried and found; the
command fails when somebody met what is not theirs.

``WALL_EACH`` asks for another number of people at each endpoint.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import time_machine
from rich.console import Console
from rich.table import Table

from app.database import make_engine
from app.demo.service import build
from app.migrate import migrate
from app.security.key_store import open_store
from app.security.permissions import Role
from tests.conftest import NOW, settings_for
from tests.site import Site
from tests.wall.planting import PLANTERS, plant
from tests.wall.searching import words_in_folder
from tests.wall.sweeping import sweep

EACH = int(os.environ.get("WALL_EACH", "1000"))


def planted_site(folder: Path) -> tuple[Site, dict]:
    """The default demo, planted, and its canaries."""
    settings = settings_for(folder, f"sqlite:///{folder / 'tracker.db'}", demo="slice")
    engine, keys = make_engine(settings.database_url), open_store(settings.keys_address, folder)
    keys.create()
    migrate(engine)
    build(engine, size="slice", now=NOW, keys=keys)
    engine.dispose()
    keys.engine.dispose()
    site = Site(settings)
    with site.writing() as session:
        return site, plant(session, site.keys)


def main() -> int:
    """Plant, ask, search and say."""
    console, started = Console(), time.monotonic()
    with tempfile.TemporaryDirectory() as name, time_machine.travel(NOW, tick=False):
        site, planted = planted_site(Path(name))
        console.print(f"{len(planted)} canaries planted")
        report = sweep(site, planted, of_each=EACH)
        sealed = {one for one, canary in planted.items() if canary.sealed}
        stolen = words_in_folder(Path(name).iterdir()) & sealed
        site.close()
    table = Table("What", "")
    people = len({canary.person_id for canary in planted.values() if canary.person_id})
    for what, number in {
        "people": people,
        "canaries planted": len(planted),
        "columns with canaries": len(PLANTERS),
        "roles": len(Role),
        "endpoints and methods asked": len(report.endpoints),
        "requests": report.requests,
        "answers": ", ".join(f"{code}: {times}" for code, times in sorted(report.answers.items())),
        "different canaries seen by those who may": len(set().union(*report.seen.values())),
        "leaks": len(report.leaks),
        "sealed canaries in the files of the stolen database": len(stolen),
        "seconds": f"{time.monotonic() - started:.0f}",
    }.items():
        table.add_row(what, str(number))
    console.print(table)
    for leak in report.leaks[:50]:
        console.print(leak)
    return 1 if report.leaks or stolen else 0


if __name__ == "__main__":
    sys.exit(main())
