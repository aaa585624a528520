"""Work that is killed at any moment, many times over.

``KILLS=200`` kills more often than ``make test`` has time for, ``KILL_SEED=2`` at other moments.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Self

from app.demo.chance import Chance

KILLS = int(os.environ.get("KILLS", "12"))
EACH = 5
"""How often one database is struck before its work is ended and compared."""
WARM = """
import os, sys
{work}
for line in iter(sys.stdin.readline, ""):
    child = os.fork()
    if not child:
        print("ready", os.getpid(), flush=True)
        work(*line.split())
        print("done", flush=True)
        os._exit(0)
    # Not reaped yet, so that its number is nobody else's while somebody may want to kill it.
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    print("ended", flush=True)
    sys.stdin.readline()
    os.waitpid(child, 0)
"""


def moments(what: str, longest: float) -> Iterator[list[float]]:
    """When to kill, in seconds after the start: a few for each fresh database."""
    chance = Chance(f"{what}:{os.environ.get('KILL_SEED', '1')}")
    for _ in range(-(-KILLS // EACH)):
        # The first soon, so that on any machine some come while there is work left.
        yield [chance.uniform(0, longest * part) for part in (0.15, 0.4, 0.7, 1.0, 1.0)]


class Killable:
    """A program that has imported what it needs, and forks for each piece of work.

    ``work`` is the source of a function of that name; it opens its own connections.
    """

    def __init__(self, work: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WARM.format(work=work)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": "."},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def start(self, *words: object) -> int:
        """Begin a piece of work; its process."""
        print(*words, file=self.process.stdin, flush=True)
        ready, number = self.process.stdout.readline().split()
        assert ready == "ready"
        return int(number)

    def ended(self) -> bool:
        """Wait until it has ended; whether it came to its end by itself."""
        lines = list(iter(self.process.stdout.readline, "ended\n"))
        print("reap", file=self.process.stdin, flush=True)
        return lines[-1:] == ["done\n"]

    def run(self, *words: object) -> float:
        """Let it end; how many seconds it took."""
        started = time.monotonic()
        self.start(*words)
        assert self.ended()
        return time.monotonic() - started

    def kill(self, after: float, *words: object) -> bool:
        """Kill it after so many seconds; whether it was still at work."""
        child = self.start(*words)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        return not self.ended()
