"""The key ring, and files sealed with it."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.security.encryption import (
    KeyRing,
    SealedError,
    change_key_ring,
    load_key_ring,
    seal_file,
    unseal_file,
)

KEY = b"\x07" * 32


@pytest.fixture
def key_ring(keys) -> KeyRing:
    """A force's keys."""
    return keys.ring


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


def test_a_ring_takes_the_place_of_another_at_once_and_for_this_user_alone(tmp_path):
    first = load_key_ring(tmp_path)
    second = KeyRing({**first.keys, "k2": b"\x07" * 32}, "k2")
    assert change_key_ring(tmp_path, lambda found: second if found == first else found) == second
    assert load_key_ring(tmp_path) == second
    assert stat.S_IMODE((tmp_path / "key_ring.json").stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "key_ring.json"]


def test_of_those_who_change_a_ring_at_once_none_undoes_what_another_did(tmp_path):
    def add(number: int) -> None:
        change_key_ring(tmp_path, lambda ring: KeyRing({**ring.keys, f"n{number}": KEY}, "k1"))

    load_key_ring(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(load_key_ring(tmp_path).keys) == 41


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
