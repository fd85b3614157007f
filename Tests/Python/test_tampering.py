"""Each way to change a log is found, and the first entry that is wrong is named."""

import re
import shutil

import pytest
from conftest import chat
from custodians import did


@pytest.fixture
def kept(own, tmp_path):
    """A stopped gateway with some requests in its log, and an earlier checkpoint that was kept elsewhere."""
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


# proves: AUD-06
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

    # The whole log written anew, with a head that the log's own key signed.
    shutil.rmtree(gateway.data / "log")
    with pytest.raises(AssertionError, match="the gateway ended"):
        gateway.start()
    (gateway.data / "keys/log.begun").unlink()
    gateway.start()
    for _ in range(20):
        gateway.post(chat("goodbye"))
    gateway.stop()
    assert did(gateway.cordon("log", "verify"))
    rewritten = gateway.cordon("log", "verify", "--against", anchor)
    assert rewritten.returncode == 1 and "older checkpoint" in rewritten.stdout, rewritten.stdout
