"""``python -m tests.live_demo``: a shift of an hour, played on a fresh demo site in a minute.

Starts the site as ``make run`` does, signs in to it with Chromium as two demo supervisors, sends
the control room's feed to the API and says what was sent, what appeared and how soon. Nothing is
loaded again. Ends with 0 only if every change appeared, and no other.

    HEADED=1    shows the window        PACE=7    seconds from one step to the next
"""

import logging
import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.serving import served
from bench.world import World
from tests.browser.conftest import chromium
from tests.live_demo.playing import play

PICTURES = Path(".build/live-demo")


def say(line: str) -> None:
    """Print at once, also when the output is a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Play it."""
    logging.disable(logging.CRITICAL)
    pace = float(os.environ.get("PACE", "7"))
    with tempfile.TemporaryDirectory(prefix="tracker-live-") as folder:
        world = World(Path(folder), "slice")
        world.close()
        settings = world.settings(world.path)
        with served(settings) as site, sync_playwright() as playwright:
            say(f"The site is at http://127.0.0.1:{site.port}/ until the shift is over")
            browser = playwright.chromium.launch(
                executable_path=chromium(),
                headless=not os.environ.get("HEADED"),
                args=["--no-sandbox", "--disable-dev-shm-usage"],
            )
            wrong = play(settings, site.port, browser, PICTURES.resolve(), pace=pace, say=say)
            browser.close()
    say("Every change appeared, and nothing else." if not wrong else f"WRONG: {'; '.join(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
