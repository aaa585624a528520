"""The watched folder: files that a force's systems put down, taken in and filed away.

    inbox/NAME/x.csv        put there by the force; NAME.yaml is the mapping in mappings/
    working/NAME/           being read at this moment
    archive/NAME/DAY/       read; what became of each row is on the site
    rejected/NAME/DAY/      refused as a whole, with a sentence beside it in a .reason.txt

A file is taken by renaming it, which one runner alone can do. While it is read, its reader holds a
lock on it that ends with the process: a file in ``working`` that nobody has locked was left by one
that was killed, and the next runner goes on with it. To read a file twice changes nothing.
"""

import fcntl
import logging
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from app.common.clock import local_date
from app.feeds.mapping import MappingError, load_mapping
from app.feeds.models import RunState
from app.feeds.quarantine import clip
from app.feeds.service import delivery_of, load

log = logging.getLogger("feeds.folder")
SETTLED = timedelta(seconds=30)
"""A file that changed within this time may still be written to."""
KEPT = timedelta(days=30)
"""Files hold names; what they said is in the records by then."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ENDING = ".csv"
MARK = 8
"""Hexadecimal characters before the name of a file being read, so that two never have one name."""


class Taken(NamedTuple):
    """A file that this process alone reads: the mapping it is under, where it is, its own name."""

    under: str
    path: Path
    name: str


def read_inbox(engine: Engine, instance: Path, *, now: datetime) -> Counter[str]:
    """Take in every file that has come; counts those read and those rejected."""
    done: Counter[str] = Counter()
    for folder in _folders(instance / "inbox"):
        for path in _settled(folder, now):
            _take(path, instance / "working" / folder.name)
    for folder in _folders(instance / "working"):
        for path in sorted(folder.iterdir()):
            with _locked(path) as ours:
                if ours:
                    taken = Taken(folder.name, path, path.name[MARK + 1 :])
                    done[_read_or_leave(engine, instance, taken, now)] += 1
    return done


def forget_old(instance: Path, *, now: datetime) -> int:
    """Remove files that were filed away a month ago; returns how many days' folders went."""
    oldest = (local_date(now) - KEPT).isoformat()
    gone = 0
    for above in ("archive", "rejected"):
        for folder in _folders(instance / above):
            for day in _folders(folder):
                if DAY.fullmatch(day.name) and day.name < oldest:
                    shutil.rmtree(day)
                    gone += 1
    return gone


# --- Taking files ---------------------------------------------------------------------------------


def _folders(above: Path) -> list[Path]:
    return sorted(path for path in above.iterdir() if path.is_dir()) if above.is_dir() else []


def _settled(folder: Path, now: datetime) -> Iterator[Path]:
    """Files that are whole, as far as can be told: endings such as .part say that one is not."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() != ENDING or path.name.startswith("."):
            continue
        if path.is_symlink() or not path.is_file():
            continue
        try:
            changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        except FileNotFoundError:
            continue  # Another runner has it.
        if changed <= now - SETTLED:
            yield path


def _take(path: Path, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(into / f"{secrets.token_hex(MARK // 2)}-{path.name}")
    except FileNotFoundError:
        log.info("%s was taken by another runner", path.name)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether this process alone may read a file, for as long as this lasts."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError as error:
        log.info("a file in %s cannot be opened: %s", path.parent.name, error.strerror)
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        # It may have been read and filed away between looking and locking.
        yield path.exists()
    finally:
        os.close(descriptor)


# --- Reading them ---------------------------------------------------------------------------------


def _read_or_leave(engine: Engine, instance: Path, taken: Taken, now: datetime) -> str:
    try:
        return _read(engine, instance, taken, now)
    except Exception:
        # It stays where it is and is tried again in a minute; the others must not wait for it.
        log.exception("a file under %s could not be taken in", taken.under)
        return "left"


def _read(engine: Engine, instance: Path, taken: Taken, now: datetime) -> str:
    try:
        mapping = load_mapping(instance / "mappings" / f"{taken.under}.yaml")
    except MappingError as error:
        return _reject(instance, taken, now, str(error))
    extracted = None if "version" in mapping.columns else _changed(taken.path)
    delivery = delivery_of(taken.path, kind=mapping.kind, mapping=mapping, extracted=extracted)
    run = load(engine, replace(delivery, name=taken.name), now=now)
    if run.state is RunState.REFUSED:
        return _reject(instance, taken, now, run.message)
    taken.path.rename(_place(instance / "archive", taken, now))
    return "read"


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _reject(instance: Path, taken: Taken, now: datetime, reason: str) -> str:
    text = f"{reason}\nMend it and put the file back into inbox/{taken.under}.\n"
    kept = _place(instance / "rejected", taken, now)
    # Before the file, so that no file is ever without its reason.
    kept.with_name(f"{kept.name}.reason.txt").write_text(text, encoding="utf-8")
    taken.path.rename(kept)
    log.warning("a file under %s was rejected: %s", taken.under, clip(reason))
    return "rejected"


def _place(above: Path, taken: Taken, now: datetime) -> Path:
    folder = above / taken.under / local_date(now).isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / taken.path.name
