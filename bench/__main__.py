"""``python -m bench [--write]``: ratios, because seconds belong to a machine.

Each line sets what the site does beside the plainest way to get the same answer. ``--write`` keeps
the table in ``docs/benchmarks.md``; ``--size full`` measures on ten thousand people.
"""

import argparse
import logging
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench.following import following
from bench.importing import importing
from bench.measure import Line, show
from bench.pages import pages
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
  queries, table. Beside it, a Flask application whose only page renders a table of as many rows and
  columns from a list in memory.
- **Following one change**: everything derived is brought up to date after one attendance arrives.
  Beside it, everything is counted anew.

An aim that is missed here is work to do, not a figure to explain away.
"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", choices=("tiny", "slice", "full"), default="slice")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PLACE}")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        world = World(Path(folder), chosen.size)
        lines: list[Line] = [*importing(world), *pages(world), *following(world)]
        world.close()
    table = show(lines)
    print(table)
    if chosen.write:
        cores = os.cpu_count()
        machine = f"{cores} cores, Python {platform.python_version()}, SQLite in WAL mode"
        PLACE.write_text(HEAD.format(size=chosen.size, machine=machine) + table + TAIL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
