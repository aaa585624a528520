"""What a canary is, who may read it, and the force in which they are planted."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from sqlmodel import Session, select

from app.accounts.models import Account
from app.common.clock import local_date
from app.demo.accounts import DEMO_ACCOUNTS
from app.people.models import Person
from app.security.key_store import KeyStore, Purpose
from app.security.permissions import Role
from app.security.sealing import seal_all
from tests.conftest import NOW

MARK = "cny"
"""Every canary begins with it; then 16 digits of a hash, so that none is part of another."""
TODAY = local_date(NOW)


def word(column: str, number: int) -> str:
    """The canary of one column and one person (or record)."""
    return MARK + hashlib.sha256(f"{column}:{number}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Canary:
    """One word: where it was put, whose it is, and whose accounts may read it."""

    word: str
    column: str
    person_id: int
    readers: frozenset[int]
    sealed: "Sealed | None" = None
    """How to open it again; nothing for what is kept in clear."""


@dataclass(frozen=True)
class Sealed:
    """Where a sealed value is and what it was sealed with; a file has no purpose but a name."""

    row_id: int
    owner: int
    field: str
    purpose: Purpose | None
    share: str = ""
    """The public id of the share whose own key is around the person's."""


@dataclass
class World:
    """A force being planted."""

    session: Session
    keys: KeyStore
    people: list[int] = field(default_factory=list)
    accounts: dict[int, set[int]] = field(default_factory=dict)
    """The accounts of each person."""
    of_role: dict[Role, int] = field(default_factory=dict)
    """The account that each role signs in with."""
    named: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By person: accounts that know who it is because of something the person asked for."""

    def __post_init__(self) -> None:
        self.people = list(self.session.exec(select(Person.id).order_by(Person.id)))
        for account in self.session.exec(select(Account)):
            if account.person_id:
                self.accounts.setdefault(account.person_id, set()).add(account.id)
            for one in DEMO_ACCOUNTS:
                if one.username == account.username:
                    self.of_role.setdefault(one.role, account.id)

    def own(self, person_id: int) -> frozenset[int]:
        """The accounts of one person: who may read what is theirs alone."""
        return frozenset(self.accounts.get(person_id, ()))

    def seal(self, column: str, values: list[tuple[int, object]], purpose: Purpose) -> list[bytes]:
        """Seal for many people at once."""
        return seal_all(self.keys, purpose=purpose, field=column, values=values)
