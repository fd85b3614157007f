"""What one person gains by having a command told another date, and a data directory from before that was asked."""

import os
import re
import shutil
import subprocess
import tarfile

import pytest
from conftest import SECRETS, chat
from custodians import agreed, approve, did, key_file
from paths import CORDON, ROOT

BEFORE = ROOT / "Tests/Python/fixtures/vault-before-codes.tar.xz"


@pytest.fixture
def at():
    """Commands whose clock is that many days on."""
    if not shutil.which("faketime"):
        pytest.skip("there is no faketime")

    def run(gateway, days, *arguments):
        return subprocess.run(
            ["faketime", "-f", f"+{days}d", CORDON, *map(str, arguments), "--data", gateway.data],
            capture_output=True, text=True, env={**os.environ, **SECRETS})

    return run


def test_what_one_person_signs_under_another_date_is_approved_by_nobody(own, at):
    with own() as (gateway, _):
        gateway.post(chat("hello"), headers={"x-cordon-patient": "Patient/QZ-1"})
        tag = next(one["tags"][0] for one in gateway.entries() if one["event"] == "request.opened")
        gateway.stop()
        made = did(at(gateway, 2200, "vault", "propose", "shred", tag, "--as", key_file(gateway, "alice")))
        proposal = re.match(r"proposal (\w+)", made)[1]
        refused = approve(gateway, proposal)
        assert refused.returncode != 0 and "made later" in refused.stderr
        assert at(gateway, 2200, "subject", "shred", "--proposal", proposal).returncode != 0
        assert "destroyed" not in did(gateway.cordon("subject", "show", tag))


def test_a_waiting_period_is_not_over_because_a_clock_says_so(own, at):
    with own() as (gateway, _):
        gateway.stop()
        did(gateway.cordon("vault", "rotate", "--proposal", agreed(gateway, "rotate_tenant", "tenant")))
        did(gateway.cordon("vault", "destroy", "--proposal", agreed(gateway, "destroy", "tenant/1")))
        for days in (8, *range(1, 9)):
            output = did(at(gateway, days, "vault", "destroy"))
            assert "0 keys destroyed" in output and "tenant/1 waits: 0 of 7 days counted" in output
        assert "tenant/1 pending_destruction" in did(gateway.cordon("vault", "status"))


def test_a_vault_from_before_is_opened_and_its_tokens_lead_back(tmp_path):
    """It has a scope in use, one whose key was destroyed, and a key that waits for its destruction."""
    with tarfile.open(BEFORE) as archive:
        archive.extractall(tmp_path, filter="data")

    def cordon(*arguments):
        return subprocess.run(
            [CORDON, *map(str, arguments), "--data", tmp_path / "d"], capture_output=True, text=True,
            env={**os.environ, "CORDON_VAULT_PASSPHRASE": (tmp_path / "pass").read_text().strip()})

    def deid(scope):
        return cordon("deid", "text", "--tokens", "vault", "--scope", scope, tmp_path / "note.txt")

    text = "Seen by Dr. NAME_TQZVZTCMQXCQJBVD for NAME_DMNSHMDSSPGPTMDF, MRN MRN_LRKJXWRVMXDWQBJZ.\n"
    assert did(deid("daily")) == text == did(deid("daily"))
    revealed = cordon(
        "token", "reveal", "MRN_LRKJXWRVMXDWQBJZ", "--scope", "daily", "--reason", "treatment", "--as", tmp_path / "rosa.key")
    assert did(revealed) == "44712093\n"
    assert deid("ended").returncode != 0
    assert "disposed of ended" in did(cordon("token", "dispose"))
    assert "daily  single  MRN 1, NAME 2" in did(cordon("token", "scopes"))
    # A waiting period that began before days were counted begins anew.
    assert "tenant/1 waits: 0 of 7 days counted" in did(cordon("vault", "destroy"))
    assert "every byte was checked" in did(cordon("log", "verify"))
