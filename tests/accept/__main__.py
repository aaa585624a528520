"""``python -m tests.accept``: a whole published data set, imported as a force would import its own.

The data is not part of this project. ``ACCEPT_DATA`` names the folder it is in: ``feeds_chicago``
(a police force's uses of force, with who reported them), ``sickness`` (what forces have published
of their sickness absence) and ``hostile`` (files and texts made to break importers), with a README
of what is known about each. Each known answer is printed beside ours; the command fails when one
differs or the data is not there.
"""

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.accept import chicago, hostile, seed, sickness
from tests.accept.check import Check

ROOT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """Where the data is."""
    return Path(os.environ.get("ACCEPT_DATA") or ROOT.parent / "shared" / "data").resolve()


def show(console: Console, checks: list[Check]) -> None:
    """Every known answer beside ours."""
    table = Table("What", "Known", "Ours", "")
    for check in checks:
        table.add_row(
            check.what, check.known, check.ours, "yes" if check.holds else "[red]NO[/red]"
        )
    console.print(table)


def main() -> int:
    """Run every check; 1 when one of them fails or cannot be run."""
    console = Console()
    data = data_folder()
    missing = [
        name for name in ("feeds_chicago", "hostile", "sickness") if not (data / name).is_dir()
    ]
    if missing:
        console.print(
            f"Not run, so not passed: there is no {' and no '.join(missing)} in the data folder. "
            "Set ACCEPT_DATA to the folder that holds them."
        )
        return 1
    with tempfile.TemporaryDirectory(prefix="tracker-accept-") as folder:
        checks = chicago.run(data / "feeds_chicago", Path(folder), console)
        checks += hostile.run(data / "hostile", Path(folder))
        checks += sickness.run(data / "sickness", Path(folder))
        checks += seed.run(Path(folder), console)
    show(console, checks)
    failed = [check for check in checks if not check.holds]
    console.print(f"{len(checks) - len(failed)} of {len(checks)} answers are right.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
