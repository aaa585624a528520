"""The demo force that is measured, built once in a folder of its own."""

import shutil
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from app.common.clock import utc_now
from app.config import Settings
from app.database import make_engine
from app.demo.service import build
from app.migrate import migrate
from app.security.key_store import open_store


class World:
    """A folder with a demo force in it, and copies of it to spoil."""

    def __init__(self, folder: Path, size: Literal["tiny", "slice", "full"]) -> None:
        self.folder = folder
        self.now = utc_now()
        self.path = folder / "force.db"
        self.numbers = count(1)
        self.opened: list[Engine] = []
        print(f"Inventing the force ({size})", flush=True)
        started = time.monotonic()
        engine = self.engine(self.path)
        migrate(engine)
        keys = open_store(f"sqlite:///{folder / 'keys.db'}", folder)
        keys.create()
        build(engine, keys=keys, size=size, now=self.now)
        keys.engine.dispose()
        print(f"  took {time.monotonic() - started:.0f} s", flush=True)
        engine.dispose()
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def engine(self, path: Path) -> Engine:
        """A database in this folder."""
        self.opened.append(make_engine(f"sqlite:///{path}"))
        return self.opened[-1]

    def copy(self) -> Path:
        """A copy of the force to spoil."""
        path = self.folder / f"copy-{next(self.numbers)}.db"
        shutil.copy(self.path, path)
        return path

    def new(self) -> Path:
        """An empty database that is up to date."""
        path = self.folder / f"new-{next(self.numbers)}.db"
        migrate(self.engine(path))
        return path

    def settings(self, path: Path) -> Settings:
        """Settings for a site on one of the databases."""
        return Settings(
            instance=self.folder,
            database_url=f"sqlite:///{path}",
            secret_key="only-for-measuring-" * 3,
            demo="tiny",
            force_name="Northmoor Police",
            secure_cookies=False,
            idle_limit=timedelta(hours=1),
            absolute_limit=timedelta(hours=1),
        )

    def close(self) -> None:
        """Give back connections."""
        for engine in self.opened:
            engine.dispose()
