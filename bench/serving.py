"""The real site, started as a force would start it, and people signed in to it."""

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import psutil
from flask import Flask, Response, session
from flask_login import login_user
from sqlmodel import Session

from app.accounts.queries import viewer_for
from app.common.clock import local_date, utc_now
from app.config import ROOT, Settings
from app.security.viewer import SignedIn

READY = "Trauma Tracker is at"
COOKIE = "tracker"


class Site(NamedTuple):
    """A running site: where it is, and its processes."""

    port: int
    process: psutil.Popen

    def cpu(self) -> float:
        """Seconds of processor time that all of it has used so far."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)


@contextmanager
def served(settings: Settings, **more: str) -> Iterator[Site]:
    """``bin/serve`` on a free port, until the block ends; nothing of it is left behind."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "DEMO": settings.demo,
        "DATABASE_URL": settings.database_url,
        "INSTANCE": str(settings.instance),
        "SECRET_KEY": settings.secret_key,
        "PORT": str(port),
        **more,
    }
    with (settings.instance / "serve.log").open("w") as log:
        process = psutil.Popen(
            ["bin/serve"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    family: list[psutil.Process] = []
    try:
        if READY not in process.stdout.readline():
            message = "the site did not start"
            raise RuntimeError(message)
        yield Site(port, process)
    finally:
        if process.is_running():
            family = process.children(recursive=True)
            process.terminate()
        psutil.wait_procs([process, *family], timeout=15)
        for left in family:
            if left.is_running():
                left.kill()
        process.stdout.close()


def sign_in(app: Flask, account_id: int, agent: str) -> str:
    """The cookie of somebody who has signed in with a browser, without the cost of a password."""
    origin = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": agent}
    with app.test_request_context(environ_base=origin):
        engine = app.extensions["engine"]
        with Session(engine) as database:
            viewer = viewer_for(database, account_id=account_id, day=local_date(utc_now()))
        if viewer is None:
            message = f"account {account_id} may not sign in"
            raise LookupError(message)
        login_user(SignedIn(viewer))
        stored = session._get_current_object()  # noqa: SLF001 - what Flask itself would hand over
        app.session_interface.save_session(app, stored, Response())
        return str(stored.token)
