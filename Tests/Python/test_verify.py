"""`cordon log verify` says what it could not check."""

import shutil

import pytest
from conftest import chat
from custodians import did


@pytest.fixture
def stopped(own, tmp_path):
    """A log that nobody writes, its key, and an earlier checkpoint of it."""
    with own() as (gateway, _):
        gateway.post(chat("hello"))
        gateway.stop()
        shutil.copy(gateway.data / "log/checkpoint", tmp_path / "anchor")
        yield gateway, did(gateway.cordon("log", "key")).strip(), tmp_path / "anchor"


def test_what_was_not_checked_is_said_beside_the_verdict(stopped):
    gateway, key, anchor = stopped
    for arguments, said in (
        ([], "the key came from the log's own directory"),
        (["--key", key], "cut back to an earlier state"),
        (["--against", anchor], ""),
        (["--key", key, "--against", anchor], ""),
    ):
        verified = gateway.cordon("log", "verify", *arguments)
        assert verified.returncode == 0 and "every byte was checked" in verified.stdout
        assert said in verified.stderr and bool(said) == bool(verified.stderr), verified.stderr


def test_shards_without_a_root_log_are_refused(stopped, tmp_path):
    gateway, _, _ = stopped
    verified = gateway.cordon("log", "verify", "--root")
    assert verified.returncode == 66 and "whole" not in verified.stdout
    assert gateway.cordon("log", "verify", "--root", "--against", "x").returncode == 66
    assert gateway.cordon("log", "verify", "--shard-key", "a=b").returncode == 2
