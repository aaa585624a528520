"""``bin/serve`` starts both parts, says where the site is, and leaves nothing running behind."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.slow
PATIENCE = 30


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(copied, instance, port):
    """Starts ``bin/serve`` on the tiny demo; whatever is left of it is ended with the test."""
    url = copied("sqlite", "demo")
    started: list[psutil.Process] = []

    def start() -> subprocess.Popen:
        settings = {"DEMO": "tiny", "DATABASE_URL": url, "INSTANCE": str(instance)}
        secret = {"SECRET_KEY": "only-for-tests-" * 4, "PORT": str(port)}
        process = subprocess.Popen(
            # A test run in the background ignores SIGINT, and so would all that it starts.
            ["env", "--default-signal=INT", "bin/serve"],
            env={**os.environ, **settings, **secret},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(psutil.Process(process.pid))
        return process

    yield start
    for root in started:
        family = [root, *root.children(recursive=True)] if root.is_running() else []
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def said(process: subprocess.Popen, words: str) -> str:
    """What it printed up to a line with these words."""
    text = ""
    until = time.monotonic() + PATIENCE
    while words not in text and time.monotonic() < until:
        line = process.stdout.readline()
        if not line:
            break
        text += line
    assert words in text, text
    return text


def parts(process: subprocess.Popen) -> dict[str, psutil.Process]:
    """The web server and the job runner."""
    found = {}
    for child in psutil.Process(process.pid).children():
        try:
            command = " ".join(child.cmdline())
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue  # What told us that the site is up has nothing left to do.
        if "granian" in command:
            found["web"] = child
        elif "-m jobs" in command:
            found["jobs"] = child
    return found


def ended(process: subprocess.Popen, family: list[psutil.Process]) -> int:
    """Its exit code, once all of it is gone."""
    code = process.wait(PATIENCE)
    process.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=PATIENCE)
    assert alive == []
    return code


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_the_site_is_and_stops_when_asked(serve, port, asked):
    process = serve()
    said(process, f"Trauma Tracker is at http://127.0.0.1:{port}/")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in") as reply:
        assert reply.status == 200
    family = psutil.Process(process.pid).children(recursive=True)
    # The job runner may be making a team pack, which takes a hundred of them.
    assert sum(child.memory_info().rss for child in family) < 500 * 1024 * 1024
    process.send_signal(asked)
    assert ended(process, family) == 0


@pytest.mark.parametrize(("killed", "left"), [("web", "jobs"), ("jobs", "web")])
def test_when_one_part_dies_the_other_stops_and_it_says_so(serve, killed, left):
    process = serve()
    said(process, "Trauma Tracker is at")
    family = psutil.Process(process.pid).children(recursive=True)
    assert set(parts(process)) == {killed, left}
    parts(process)[killed].kill()
    said(process, "ended by itself")
    assert ended(process, family) == 128 + signal.SIGKILL


def test_a_port_that_is_taken_is_said_in_words(serve, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = serve()
        text = said(process, "is taken")
        assert f"make run PORT={port + 1}" in text
        assert process.wait(PATIENCE) == 1
        process.stdout.close()


def test_it_is_ready_to_run():
    for program in Path("bin").iterdir():
        assert os.access(program, os.X_OK), program
