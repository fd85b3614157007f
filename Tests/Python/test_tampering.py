"""Each way to change a log is found, and the first entry that is wrong is named."""

import re
import shutil
import sqlite3

import conftest
import pytest
from conftest import chat
from custodians import did


@pytest.fixture
def kept(own, tmp_path, monkeypatch):
    """A stopped gateway with some requests in its log, and an earlier checkpoint that was kept elsewhere; so is the vault
    as it was before there was a log."""
    new_vault = conftest.new_vault

    def copied(folder, data):
        new_vault(folder, data)
        shutil.copytree(data / "vault", tmp_path / "vault.fresh")

    monkeypatch.setattr(conftest, "new_vault", copied)
    with own() as (gateway, vendor):
        for _ in range(6):
            gateway.post(chat("hello"))
        gateway.stop()
        shutil.copy(gateway.data / "log/checkpoint", tmp_path / "anchor")
        gateway.start()
        for _ in range(6):
            gateway.post(chat("hello"))
        gateway.stop()
        yield gateway, tmp_path / "anchor"


def records(content):
    """Where each record of a segment begins and ends, and its kind and index (Docs/log.md)."""
    first = int.from_bytes(content[16:24], "little")
    at = 24 + 64 + 32 * first.bit_count() + 4
    while at + 16 <= len(content) and content[at : at + 16] != bytes(16):
        end = at + 16 + int.from_bytes(content[at + 4 : at + 6], "little")
        yield at, end, content[at + 6], int.from_bytes(content[at + 8 : at + 16], "little")
        at = end


# proves: AUD-06, ENC-17
def test_a_flip_a_drop_a_swap_a_cut_and_a_rewriting_are_each_found_by_index(kept, tmp_path):
    gateway, anchor = kept
    segment = next((gateway.data / "log/segments").iterdir())
    content = segment.read_bytes()
    assert did(gateway.cordon("log", "verify", "--against", anchor))
    entries = [(at, end) for at, end, kind, _ in records(content) if kind == 1]
    (a, b), (c, d) = entries[5], entries[6]
    changes = {
        "flipped": content[: a + 20] + bytes([content[a + 20] ^ 1]) + content[a + 21 :],
        "dropped": content[:a] + content[b:],
        "reordered": content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:],
        "cut": content[:a],
    }
    for name, changed in changes.items():
        segment.write_bytes(changed)
        verified = gateway.cordon("log", "verify")
        assert verified.returncode == 1, name
        assert re.search(r"^BAD +entry 5:", verified.stdout, re.M), (name, verified.stdout)
    segment.write_bytes(content)

    # The whole log written anew, with a head that the log's own key signed: the vault says that there was another.
    shutil.rmtree(gateway.data / "log")
    with pytest.raises(AssertionError, match="the gateway ended"):
        gateway.start()
    (gateway.data / "keys/log.begun").unlink()
    with pytest.raises(AssertionError, match="the gateway ended"):
        gateway.start()
    verified = gateway.cordon("log", "verify")
    assert verified.returncode == 1 and "BAD        entry 0: the log ends before it" in verified.stdout, verified.stdout
    # Somebody who puts the vault back as well is found by what was kept elsewhere.
    shutil.rmtree(gateway.data / "vault")
    shutil.copytree(tmp_path / "vault.fresh", gateway.data / "vault")
    gateway.start()
    for _ in range(20):
        gateway.post(chat("goodbye"))
    gateway.stop()
    assert did(gateway.cordon("log", "verify"))
    rewritten = gateway.cordon("log", "verify", "--against", anchor)
    assert rewritten.returncode == 1 and "older checkpoint" in rewritten.stdout, rewritten.stdout


def test_a_log_that_was_put_back_is_refused_and_named_by_what_the_vault_says(own, tmp_path):
    with own() as (gateway, _):
        gateway.post(chat("hello"))
        gateway.stop()
        shutil.copytree(gateway.data / "log", tmp_path / "early")
        gateway.start()
        for _ in range(3):
            gateway.post(chat("hello"))
        gateway.stop()
        verified = did(gateway.cordon("log", "verify"))
        assert "entries that the vault says it had" in verified
        shutil.rmtree(gateway.data / "log")
        shutil.copytree(tmp_path / "early", gateway.data / "log")
        verified = gateway.cordon("log", "verify")
        assert verified.returncode == 1 and re.search(r"^BAD +entry \d+: the log ends before it", verified.stdout, re.M)
        with pytest.raises(AssertionError, match="the gateway ended"):
            gateway.start()


def test_what_nobody_signed_is_not_shown_and_what_was_taken_from_the_index_is_found(own):
    with own() as (gateway, _):
        asked = gateway.post(chat("hello"))
        request = {name.lower(): value for name, value in asked[1].items()}["x-request-id"]
        assert request in did(gateway.cordon("log", "search", "--request", request))
        index = sqlite3.connect(gateway.data / "index.sqlite")
        with index:
            numbers = [row[0] for row in index.execute("SELECT entry FROM entry ORDER BY entry DESC LIMIT 2")]
            index.execute("DELETE FROM entry WHERE entry >= ?", (min(numbers),))
            index.execute("INSERT INTO term (term) VALUES ('delete-all')")
        index.close()
        assert request in did(gateway.cordon("explain", request))
        assert request in did(gateway.cordon("log", "search", "--request", request))
        gateway.stop()
        segment = next((gateway.data / "log/segments").iterdir())
        content = segment.read_bytes()
        last = max(index for _, _, kind, index in records(content) if kind == 1)
        body = b'{"v":2,"event":"subject.shredded","time":"2026-11-21T03:10:04.123Z","request":"event-forged"}'
        rest = len(body).to_bytes(2, "little") + b"\x01\0" + (last + 1).to_bytes(8, "little") + body
        segment.write_bytes(content + checksum(rest).to_bytes(4, "little") + rest)
        assert "event-forged" not in did(gateway.cordon("log", "show"))
        at, _, _, _ = next(record for record in records(content) if record[2] == 1)
        segment.write_bytes(content[: at + 20] + bytes([content[at + 20] ^ 1]) + content[at + 21 :])
        assert gateway.cordon("log", "show").returncode == 65


def checksum(content):
    """CRC-32C by its definition: it takes no key to make one."""
    state = 0xFFFFFFFF
    for byte in content:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF
