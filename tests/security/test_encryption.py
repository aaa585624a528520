"""What is sealed opens for its own person, field and key, and for nothing else."""

import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.models import Person, StaffType
from app.security.encryption import (
    KeyRing,
    SealedError,
    load_key_ring,
    seal,
    seal_file,
    unseal,
    unseal_file,
)
from app.security.models import PersonKey

FIELD = "debrief_person.sealed_factors"
FACTORS = ["gruesome", "alone"]


@pytest.fixture
def people(session) -> list[int]:
    """Two people."""
    rows = [
        Person(source_system="hr", source_ref=str(number), staff_type=StaffType.STAFF)
        for number in range(2)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def test_what_was_sealed_opens_again(session, key_ring, people):
    sealed = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    assert unseal(session, key_ring, person_id=people[0], field=FIELD, sealed=sealed) == FACTORS


def test_nothing_of_it_can_be_read_in_the_database(session, key_ring, people):
    sealed = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    assert b"gruesome" not in sealed


def test_the_same_answer_never_looks_the_same_twice(session, key_ring, people):
    sealed = {
        seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS) for _ in range(50)
    }
    assert len(sealed) == 50


def test_it_opens_for_no_other_person_and_no_other_field(session, key_ring, people):
    sealed = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    seal(session, key_ring, person_id=people[1], field=FIELD, value=[])
    with pytest.raises(SealedError):
        unseal(session, key_ring, person_id=people[1], field=FIELD, sealed=sealed)
    with pytest.raises(SealedError):
        unseal(session, key_ring, person_id=people[0], field="referral.note", sealed=sealed)


def test_every_changed_byte_is_noticed(session, key_ring, people):
    sealed = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealedError):
            unseal(session, key_ring, person_id=people[0], field=FIELD, sealed=changed)


@pytest.mark.parametrize("cut", [0, 1, 12, 27])
def test_a_piece_of_it_does_not_open(session, key_ring, people, cut):
    sealed = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    with pytest.raises(SealedError):
        unseal(session, key_ring, person_id=people[0], field=FIELD, sealed=sealed[:cut])


def test_destroying_a_persons_key_destroys_every_answer_of_theirs_and_no_one_elses(
    session, key_ring, people
):
    mine = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    theirs = seal(session, key_ring, person_id=people[1], field=FIELD, value=["prolonged"])
    session.delete(session.get(PersonKey, people[0]))
    session.flush()
    with pytest.raises(SealedError, match="destroyed"):
        unseal(session, key_ring, person_id=people[0], field=FIELD, sealed=mine)
    assert unseal(session, key_ring, person_id=people[1], field=FIELD, sealed=theirs) == [
        "prolonged"
    ]


def test_the_force_can_change_its_key_and_old_answers_still_open(session, key_ring, people):
    old = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    ring = KeyRing(keys={**key_ring.keys, "k2": b"\x07" * 32}, current="k2")
    new = seal(session, ring, person_id=people[1], field=FIELD, value=["alone"])
    assert unseal(session, ring, person_id=people[0], field=FIELD, sealed=old) == FACTORS
    assert unseal(session, ring, person_id=people[1], field=FIELD, sealed=new) == ["alone"]
    with pytest.raises(SealedError, match="k2"):
        unseal(session, key_ring, person_id=people[1], field=FIELD, sealed=new)


def test_another_forces_key_opens_nothing(session, key_ring, people):
    sealed = seal(session, key_ring, person_id=people[0], field=FIELD, value=FACTORS)
    stranger = KeyRing(keys={key_ring.current: b"\x01" * 32}, current=key_ring.current)
    with pytest.raises(SealedError):
        unseal(session, stranger, person_id=people[0], field=FIELD, sealed=sealed)


def test_the_key_ring_is_made_once_and_for_this_user_alone(tmp_path):
    first = load_key_ring(tmp_path / "new")
    assert load_key_ring(tmp_path / "new") == first
    path = tmp_path / "new" / "key_ring.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(first.keys[first.current]) == 32
    assert list(path.parent.iterdir()) == [path]
    assert load_key_ring(tmp_path / "other") != first


def test_two_starters_share_one_key_ring(tmp_path, monkeypatch):
    import app.security.encryption as module  # noqa: PLC0415

    link = module.os.link

    def late(source, target) -> None:
        target.write_text(json.dumps({"current": "k1", "keys": {"k1": "ab" * 32}}))
        link(source, target)

    monkeypatch.setattr(module.os, "link", late)
    assert load_key_ring(tmp_path).keys == {"k1": bytes.fromhex("ab" * 32)}


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists
    )
)
def test_any_answer_survives_the_trip(value):
    # The sealing itself, without a database: the key is handed over by a stand-in session.
    ring = KeyRing(keys={"k1": b"\x02" * 32}, current="k1")
    session = _Memory()
    sealed = seal(session, ring, person_id=1, field=FIELD, value=value)
    assert unseal(session, ring, person_id=1, field=FIELD, sealed=sealed) == value


class _Memory:
    """Just enough of a database session to keep one key."""

    def __init__(self) -> None:
        self.row: PersonKey | None = None

    def get(self, _kind, _key) -> PersonKey | None:
        return self.row

    def add(self, row: PersonKey) -> None:
        self.row = row

    def flush(self) -> None:
        pass


def test_a_file_opens_under_its_own_name_and_with_the_ring_it_was_sealed_with(key_ring, tmp_path):
    sealed = seal_file(key_ring, name="team_pack|pdf|a", clear=b"%PDF and more")
    assert b"PDF" not in sealed
    assert sealed != seal_file(key_ring, name="team_pack|pdf|a", clear=b"%PDF and more")
    assert unseal_file(key_ring, name="team_pack|pdf|a", sealed=sealed) == b"%PDF and more"
    # A key that was added since changes nothing for what was sealed before.
    later = KeyRing({**key_ring.keys, "k2": bytes(32)}, "k2")
    assert unseal_file(later, name="team_pack|pdf|a", sealed=sealed) == b"%PDF and more"
    for ring in (load_key_ring(tmp_path / "another"), KeyRing({}, "k1")):
        with pytest.raises(SealedError):
            unseal_file(ring, name="team_pack|pdf|a", sealed=sealed)
    with pytest.raises(SealedError):
        unseal_file(key_ring, name="team_pack|pdf|b", sealed=sealed)


def test_every_changed_byte_of_a_file_is_noticed(key_ring):
    sealed = seal_file(key_ring, name="a", clear=b"clear")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealedError):
            unseal_file(key_ring, name="a", sealed=changed)
    with pytest.raises(SealedError):
        unseal_file(key_ring, name="a", sealed=b"")
