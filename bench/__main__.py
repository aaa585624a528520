"""``python -m bench [--live | --recording] [--write]``: ratios: seconds belong to a machine.

Each line sets what the site does beside the plainest way to get the same answer. ``--live`` serves
the site and has five hundred supervisors poll it instead. ``--write`` keeps the tables in
``docs/benchmarks.md``; ``--size full`` measures on ten thousand people. ``--recording`` records
conversations in a browser at a person's pace.
"""

import argparse
import logging
import os
import platform
import sys
import tempfile
from pathlib import Path
from typing import Literal

from bench.following import following
from bench.importing import importing
from bench.live import BETWEEN, EVENTS, EVERY, POLLERS, Found, measure, table
from bench.measure import Line, show
from bench.pages import pages
from bench.recording import CLICK, FIND, KEY, SCREEN, SECTION, recording
from bench.world import World

PLACE = Path("docs/benchmarks.md")
HEAD = """# Benchmarks

Measured by `make bench` with the *{size}* demo force on {machine}.
Each figure is the best of several runs and counts this process's own processor time, so that other
work on the machine weighs less; waiting for the disk is not in it.

"""
TAIL = """
What is compared:

- **Importing**: `flask feeds import` reads, checks and stores each row, with the exposures,
  monthly counts and prompts that follow, in batches that survive being killed. Beside it, Python's
  `csv` and `sqlite3.executemany` put the same rows into the same table, in one transaction,
  unchecked.
- **A team's page**: the whole request for a signed-in supervisor: session, scope, audit entry,
  queries, table. Beside it, an empty page of the site of the same size: the same frame, signed in,
  around a table of as many rows and letters, ten letters to a cell, that nobody had to look up.
  Then the same table from an application with nothing but Flask. The two are asked in turns, so
  that what else the machine does falls on both. Nearly a sixth of the page's time is its audit
  entry, which is on the disk before anything is shown.
- **Following one change**: everything derived is brought up to date after one attendance arrives.
  Beside it, everything is counted anew.

An aim that is missed here is work to do, not a figure to explain away.
"""
LIVE = f"""
## From a feed's row to a prompt on the screen

Measured by `make bench LIVE=1` with the *{{size}}* demo force on {{machine}}, which the
server, the job runner and the pollers share. Before it began, other work put a load of {{load:.1f}}
on the machine; above 1, what is measured is more the machine's than ours.

{{table}}
{POLLERS} supervisors have their team's page open, each polling every {EVERY} seconds on its own
connection. Meanwhile a system sends {EVENTS} incidents and who was at them to `/api/v1/`, one every
{BETWEEN} seconds, and every one of them makes a prompt. *Our own time* runs from the moment the row
is sent to the moment when a supervisor's page has been sent the prompt, less the time in which that
page was not asking; every page that shows the team is counted.
"""
LIVE_STARTS = "\n## From a feed's row"
RECORDING = f"""
## Recording a conversation

Measured by `make bench RECORDING=1` with the *{{size}}* demo force on {{machine}}: Chromium
does what a supervisor does, from the click on *Record* in the team's table to the word that it was
saved, and every wait is really waited.

{{table}}
The pace is an assumption: {SCREEN:.0f} s to read each screen, {SECTION:.0f} s to read what an
answer brings up, {FIND} s to find each choice and {CLICK} s to click it, {KEY} s for each key. The
talk itself, and making up one's mind, are not in it.
"""
RECORDING_STARTS = "\n## Recording a conversation"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=("tiny", "slice", "full"), default="slice")
    parser.add_argument("--live", action="store_true", help="rows and polls on a running site")
    parser.add_argument("--recording", action="store_true", help="a supervisor at the form")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PLACE}")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    old = PLACE.read_text()
    before, live, last = _sections(old)
    if chosen.recording:
        text = RECORDING.format(size=chosen.size, machine=machine, table=_recorded(chosen.size))
        kept = before + live + text
    elif chosen.live:
        load = os.getloadavg()[0]
        text = LIVE.format(size=chosen.size, machine=machine, load=load, table=_live(chosen.size))
        kept = before + text + last
    else:
        text = _compared(chosen.size, machine)
        kept = text + live + last
    print(text)
    if chosen.write:
        PLACE.write_text(kept)
    return 0


def _sections(text: str) -> tuple[str, str, str]:
    """What is kept of the ratios, of the live run and of recording."""
    rest, mark, last = text.partition(RECORDING_STARTS)
    before, live_mark, live = rest.partition(LIVE_STARTS)
    return before, live_mark + live, mark + last


def _recorded(size: Literal["tiny", "slice", "full"]) -> str:
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        world = World(Path(folder), size)
        lines = recording(world)
        world.close()
    return "".join(f"{line}\n" for line in lines)


def _live(size: Literal["tiny", "slice", "full"]) -> str:
    found: dict[str, Found] = {}
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        world = World(Path(folder), size)
        world.close()
        found["SQLite"] = measure(world.settings(world.path))
    return "".join(f"{line}\n" for line in table(found))


def _compared(size: Literal["tiny", "slice", "full"], machine: str) -> str:
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        world = World(Path(folder), size)
        lines: list[Line] = [*importing(world), *pages(world), *following(world)]
        world.close()
    machine = f"{machine}, SQLite in WAL mode"
    return HEAD.format(size=size, machine=machine) + show(lines) + TAIL


if __name__ == "__main__":
    sys.exit(main())
