"""Slowing down whoever tries receipt codes, without keeping who that is.

Counted in this process alone, under a name that only this process can make and that is forgotten
when it ends: the database must not say who came back for an answer, not even by counting mistakes.
"""

import secrets
from datetime import datetime
from hashlib import blake2b

MOST = 20
"""Wrong codes in an hour."""


class Guesses:
    """Wrong codes of this hour."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)
        self._hour: tuple[int, ...] = ()
        self._wrong: dict[bytes, int] = {}

    def _name(self, account_id: int, now: datetime) -> bytes:
        hour = now.timetuple()[:4]
        if hour != self._hour:
            self._hour, self._wrong, self._salt = hour, {}, secrets.token_bytes(32)
        return blake2b(str(account_id).encode(), key=self._salt).digest()

    def too_many(self, account_id: int, now: datetime) -> bool:
        """Whether to refuse even to look."""
        return self._wrong.get(self._name(account_id, now), 0) >= MOST

    def was_wrong(self, account_id: int, now: datetime) -> None:
        """Count one."""
        name = self._name(account_id, now)
        self._wrong[name] = self._wrong.get(name, 0) + 1
