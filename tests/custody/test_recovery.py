"""Two custodians restore the key ring; one alone, or two with a wrong code, get nothing."""

import json
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from app.audit.models import AuditEntry
from app.custody import recovery, service, splitting
from app.custody.splitting import CODE_BYTES, Code, CodeError, join, read_code, split
from app.security.encryption import RING_FILE, KeyRing, load_key_ring
from app.security.key_store import Purpose
from app.security.sealing import seal, unseal
from tests.conftest import NOW

RING = KeyRing({"k1": b"\x01" * 32, "k2": b"\x02" * 32}, "k2")
FOUR = ["Ash", "Beech", "Cedar", "Dogwood"]
OF = {"purpose": Purpose.RECORD, "field": "f"}


@pytest.fixture(scope="module")
def made():
    """A ring that was handed to four people."""
    return split(RING, FOUR)


def test_any_two_of_them_restore_it_whoever_is_first(made):
    copies, codes = made
    for one, other in combinations(codes, 2):
        assert join(copies, one, other) == join(copies, other, one) == RING


def test_one_alone_gets_nothing(made):
    copies, codes = made
    for code in codes:
        with pytest.raises(CodeError, match="two people"):
            join(copies, code, code)
        for number in range(1, 6):
            # Their own code in the name of every other.
            if number != code.number:
                with pytest.raises(CodeError, match="do not open"):
                    join(copies, code, Code(number, code.secret))
                with pytest.raises(CodeError, match="do not open"):
                    join(copies, code, Code(number, bytes(CODE_BYTES)))


def test_codes_of_another_split_open_nothing(made):
    copies, codes = made
    _, others = split(RING, FOUR)
    for pair in ((codes[0], others[1]), (others[0], others[1])):
        with pytest.raises(CodeError, match="do not open"):
            join(copies, *pair)


def test_the_file_says_nothing_of_the_ring_or_the_codes(made):
    copies, codes = made
    written = json.dumps(copies)
    for secret in [*RING.keys.values(), *(code.secret for code in codes)]:
        assert secret.hex() not in written
    assert len(copies["copies"]) == 6


@pytest.mark.parametrize("people", [[], ["Ash"], ["Ash", "Beech"], ["Ash", "Ash", "Beech"]])
def test_it_takes_three_different_people(people):
    with pytest.raises(CodeError, match="at least 3"):
        split(RING, people)


@given(st.integers(1, 9), st.binary(min_size=CODE_BYTES, max_size=CODE_BYTES), st.booleans())
def test_a_code_is_read_as_people_type_it(number, secret, neat):
    code = Code(number, secret)
    typed = code.printed() if neat else f"  {code.printed().lower().replace('-', ' ')} "
    assert read_code(typed) == code


@given(st.data())
def test_a_slip_of_the_pen_is_noticed(data):
    printed = Code(2, b"\x5a" * CODE_BYTES).printed()
    place = data.draw(st.integers(2, len(printed) - 1).filter(lambda at: printed[at] != "-"))
    other = data.draw(
        st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").filter(lambda c: c != printed[place])
    )
    with pytest.raises(CodeError, match="slip"):
        read_code(printed[:place] + other + printed[place + 1 :])


@pytest.mark.parametrize("typed", ["", "1", "hello", "1-ABCD", "x-" + "ABCD-" * 10])
def test_what_is_no_code_is_said_to_be_none(typed):
    with pytest.raises(CodeError, match="not a code"):
        read_code(typed)


def test_a_lost_ring_is_restored_and_everything_opens(session, keys):
    sealed = seal(keys, owner=1, value="x", **OF)
    codes = recovery.hand_out(session, keys=keys, custodians=FOUR, now=NOW)
    assert "Any two of these" in recovery.split_state(keys)
    (keys.instance / RING_FILE).unlink()
    path = keys.instance / recovery.SPLIT_FILE
    ring = recovery.restore(path, keys.instance, (codes[3], codes[1]))
    assert unseal(keys, owner=1, sealed=sealed, **OF) == "x"
    recovery.note_restored(session, ring=ring, codes=(codes[3], codes[1]), now=NOW)
    rows = session.exec(select(AuditEntry).where(AuditEntry.event.like("keys:%"))).all()
    assert [(row.event, row.details) for row in rows] == [
        ("keys:split", {"key": "k1", "custodians": 4}),
        ("keys:recovered", {"key": "k1", "custodians": [2, 4]}),
    ]


def test_after_a_rotation_the_old_split_is_said_to_be_out_of_date(session, keys):
    assert "Nobody could restore" in recovery.split_state(keys)
    codes = recovery.hand_out(session, keys=keys, custodians=FOUR[:3], now=NOW)
    service.rotate(session, keys=keys, now=NOW)
    assert "out of date: any two of Ash, Beech, Cedar restore k1 alone" in recovery.split_state(
        keys
    )
    # It adds nothing wrong to the ring of now either.
    now = keys.ring
    path = keys.instance / recovery.SPLIT_FILE
    assert recovery.restore(path, keys.instance, (codes[0], codes[1])) == now
    newer = recovery.hand_out(session, keys=keys, custodians=FOUR[:3], now=NOW)
    assert recovery.split_state(keys).startswith("Any two")
    with pytest.raises(CodeError, match="do not open"):
        recovery.restore(path, keys.instance, (codes[0], newer[1]))


def test_another_ring_is_not_overwritten(session, keys):
    codes = recovery.hand_out(session, keys=keys, custodians=FOUR, now=NOW)
    (keys.instance / RING_FILE).unlink()
    other = load_key_ring(keys.instance)
    with pytest.raises(recovery.OtherRingError, match="another key ring"):
        recovery.restore(keys.instance / recovery.SPLIT_FILE, keys.instance, (codes[0], codes[1]))
    assert load_key_ring(keys.instance) == other


def test_a_fingerprint_tells_rings_apart():
    again = KeyRing(dict(reversed(RING.keys.items())), "k2")
    assert splitting.fingerprint(RING) == splitting.fingerprint(again)
    others = [KeyRing(RING.keys, "k1"), KeyRing(RING.keys | {"k2": b"\x03" * 32}, "k2")]
    assert len({splitting.fingerprint(one) for one in [RING, *others]}) == 3


# --- The commands ---------------------------------------------------------------------------------


def test_the_commands_from_a_new_key_to_a_restored_ring(site):
    run = site.app.test_cli_runner().invoke
    seal(site.keys, owner=1, value="x", **OF)
    told = run(args=["keys", "split", "Ash", "Beech", "Cedar"])
    codes = [line for line in told.output.splitlines() if line[:2] in {"1-", "2-", "3-"}]
    assert len(codes) == 3
    assert "k2 is the current key" in run(args=["keys", "rotate"]).output
    assert "out of date" in run(args=["keys", "status"]).output
    refused = run(args=["keys", "retire", "k1"])
    assert refused.exit_code == 1
    assert "still wraps" in refused.output
    assert "wrapped again" in run(args=["keys", "rewrap"]).output
    assert "k1 is gone" in run(args=["keys", "retire", "k1"]).output
    told = run(args=["keys", "split", "Ash", "Beech", "Cedar"])
    codes = [line for line in told.output.splitlines() if line[:2] in {"1-", "2-", "3-"}]
    (site.settings.instance / RING_FILE).unlink()
    wrong = run(args=["keys", "recover"], input=f"{codes[0]}\n{codes[0]}\n")
    assert wrong.exit_code == 1
    assert "two people" in wrong.output
    right = run(args=["keys", "recover"], input=f"{codes[2]}\n{codes[0]}\n")
    assert "k2 is current" in right.output, right.output
    assert codes[0] not in right.output
    assert "0 destroyed keys were back" in run(args=["keys", "restore-check"]).output
    assert "Any two of these" in run(args=["keys", "status"]).output
