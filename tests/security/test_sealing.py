"""What is sealed opens for its own owner, purpose, field and key, and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.security.encryption import KeyRing, SealedError, change_key_ring, decrypt, encrypt
from app.security.key_store import Purpose
from app.security.sealing import destroy, seal, seal_all, unseal
from tests.conftest import NOW

FIELD = "debrief_person.sealed_factors"
FACTORS = ["gruesome", "alone"]
RECORD = {"purpose": Purpose.RECORD, "field": FIELD}
ANSWERS = {"purpose": Purpose.ANSWERS, "field": FIELD}


def put(keys, ring):
    change_key_ring(keys.instance, lambda _found: ring)


def test_what_was_sealed_opens_again_and_cannot_be_read(keys):
    sealed = seal(keys, owner=1, value=FACTORS, **RECORD)
    assert unseal(keys, owner=1, sealed=sealed, **RECORD) == FACTORS
    assert b"gruesome" not in sealed


def test_many_at_once_are_each_their_owners(keys):
    values = [(number % 450, [number]) for number in range(1000)]
    sealed = seal_all(keys, values=values, **RECORD)
    for (owner, value), one in list(zip(values, sealed, strict=True))[::97]:
        assert unseal(keys, owner=owner, sealed=one, **RECORD) == value
    assert len(set(sealed)) == 1000


def test_the_same_answer_never_looks_the_same_twice(keys):
    assert len({seal(keys, owner=1, value=FACTORS, **RECORD) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "other",
    [
        {"owner": 2},
        {"owner": "share:1"},
        {"field": "referral.note"},
        {"purpose": Purpose.ANSWERS},
    ],
)
def test_it_opens_for_no_other_owner_field_or_purpose(keys, other):
    sealed = seal(keys, owner=1, value=FACTORS, **RECORD)
    seal(keys, value=[], **({"owner": 1} | RECORD | other))
    with pytest.raises(SealedError):
        unseal(keys, sealed=sealed, **({"owner": 1} | RECORD | other))


def test_every_changed_byte_is_noticed_and_a_piece_of_it_does_not_open(keys):
    sealed = seal(keys, owner=1, value=FACTORS, **RECORD)
    changed = [
        sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        for place in range(len(sealed))
    ]
    for spoilt in [*changed, b"", sealed[:1], sealed[:12], sealed[:27]]:
        with pytest.raises(SealedError):
            unseal(keys, owner=1, sealed=spoilt, **RECORD)


def test_destroying_one_key_destroys_what_it_sealed_and_nothing_else(session, keys):
    record = seal(keys, owner=1, value=FACTORS, **RECORD)
    answers = seal(keys, owner=1, value=["sleep"], **ANSWERS)
    theirs = seal(keys, owner=2, value=["mood"], **ANSWERS)
    assert destroy(session, keys, owner=1, purpose=Purpose.ANSWERS, now=NOW) == 1
    with pytest.raises(SealedError, match="destroyed"):
        unseal(keys, owner=1, sealed=answers, **ANSWERS)
    assert unseal(keys, owner=1, sealed=record, **RECORD) == FACTORS
    assert unseal(keys, owner=2, sealed=theirs, **ANSWERS) == ["mood"]
    assert destroy(session, keys, owner=1, purpose=Purpose.ANSWERS, now=NOW) == 0


def test_destroying_everything_of_an_owner_leaves_what_is_sealed_afterwards(session, keys):
    old = [
        seal(keys, owner="share:a", value=FACTORS, **RECORD),
        seal(keys, owner="share:a", value=FACTORS, **ANSWERS),
    ]
    assert destroy(session, keys, owner="share:a", now=NOW) == 2
    new = seal(keys, owner="share:a", value=["again"], **ANSWERS)
    assert unseal(keys, owner="share:a", sealed=new, **ANSWERS) == ["again"]
    for sealed, how in zip(old, (RECORD, ANSWERS), strict=True):
        with pytest.raises(SealedError):
            unseal(keys, owner="share:a", sealed=sealed, **how)


def test_the_force_can_change_its_key_and_old_answers_still_open(keys):
    old = seal(keys, owner=1, value=FACTORS, **RECORD)
    before = keys.ring
    put(keys, KeyRing({**before.keys, "k2": b"\x07" * 32}, "k2"))
    new = seal(keys, owner=2, value=["alone"], **RECORD)
    assert unseal(keys, owner=1, sealed=old, **RECORD) == FACTORS
    assert keys.wrapped_by()["k2"] == 1
    put(keys, before)
    with pytest.raises(SealedError, match="k2"):
        unseal(keys, owner=2, sealed=new, **RECORD)


def test_another_forces_key_opens_nothing(keys):
    sealed = seal(keys, owner=1, value=FACTORS, **RECORD)
    put(keys, KeyRing({keys.ring.current: b"\x01" * 32}, keys.ring.current))
    with pytest.raises(SealedError, match="another key ring"):
        unseal(keys, owner=1, sealed=sealed, **RECORD)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists
    )
)
def test_any_answer_survives_the_trip(value):
    key = b"\x02" * 32
    assert decrypt(key, name="1|f", sealed=encrypt(key, name="1|f", value=value)) == value
