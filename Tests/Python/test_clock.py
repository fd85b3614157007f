"""What one person gains by having a command told another date, and a data directory from before that was asked."""

import os
import re
import shutil
import sqlite3
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


def test_files_mounted_over_those_of_the_kernel_end_no_waiting_period(own, at, tmp_path):
    """Whoever may make a user namespace mounts what he likes over `/proc`, for the processes in it."""
    mount = ["unshare", "-Urm", "sh", "-c", 'mount --bind "$0" /proc/sys/kernel/random/boot_id && mount --bind "$1" /proc/uptime && shift && exec "$@"']
    if subprocess.run([*mount, "/dev/null", "/dev/null", "true"], capture_output=True).returncode:
        pytest.skip("nobody may make a user namespace here")
    with own() as (gateway, _):
        gateway.stop()
        did(gateway.cordon("vault", "rotate", "--proposal", agreed(gateway, "rotate_tenant", "tenant")))
        did(gateway.cordon("vault", "destroy", "--proposal", agreed(gateway, "destroy", "tenant/1")))
        for day in range(1, 10):
            boot, uptime = tmp_path / f"boot{day}", tmp_path / f"uptime{day}"
            boot.write_text(f"5e3c0000-0000-4000-8000-00000000000{day}\n")
            uptime.write_text(f"{100000 * day}.00 0.00\n")
            forged = subprocess.run(
                [*mount, boot, uptime, "faketime", "-f", f"+{day}d", CORDON, "vault", "destroy", "--data", gateway.data],
                capture_output=True, text=True, env={**os.environ, **SECRETS})
            assert "tenant/1 waits: 0 of 7 days counted" in did(forged)
        # One kernel file in the place of another: a new number each time that it is read.
        other = subprocess.run(
            [*mount, "/proc/sys/kernel/random/uuid", "/proc/uptime", "faketime", "-f", "+9d", CORDON, "vault", "destroy",
             "--data", gateway.data], capture_output=True, text=True, env={**os.environ, **SECRETS})
        assert "0 keys destroyed" in did(other) and "0 of 7 days counted" in other.stdout


def before(folder):
    """Commands on a data directory from before scopes had codes, and the one that puts tokens into a note."""
    with tarfile.open(BEFORE) as archive:
        archive.extractall(folder, filter="data")

    def cordon(*arguments):
        return subprocess.run(
            [CORDON, *map(str, arguments), "--data", folder / "d"], capture_output=True, text=True,
            env={**os.environ, "CORDON_VAULT_PASSPHRASE": (folder / "pass").read_text().strip()})

    return cordon, lambda scope: cordon("deid", "text", "--tokens", "vault", "--scope", scope, folder / "note.txt")


def test_a_vault_from_before_is_opened_and_its_tokens_lead_back(tmp_path):
    """It has a scope in use, one whose key was destroyed, and a key that waits for its destruction."""
    cordon, deid = before(tmp_path)
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


def test_a_scope_from_before_whose_key_is_gone_stops_no_other(tmp_path):
    """As after a restore with an escrow that is older than the scope."""
    cordon, deid = before(tmp_path)
    vault, tokens = tmp_path / "d/vault/vault.sqlite", tmp_path / "d/vault/tokens.sqlite"
    with sqlite3.connect(tokens) as store:
        tag, ended = (store.execute("SELECT subject FROM scope WHERE name = ?", [name]).fetchone()[0] for name in ("daily", "ended"))
    with sqlite3.connect(vault) as store:
        row = store.execute("SELECT subject_key.* FROM subject_key JOIN subject USING (id) WHERE tag = ?", [tag]).fetchone()
        store.execute("DELETE FROM subject_key WHERE id = ?", row[:1])
    disposed = cordon("token", "dispose")
    assert "disposed of ended" in did(disposed) and "the scope `daily` is from before and not proved yet" in disposed.stderr
    did(cordon("token", "create", "later", "--policy", "single"))
    did(deid("later"))
    refused = deid("daily")
    assert refused.returncode != 0 and "key is not here" in refused.stderr
    # That one waits lets nobody pass another off as one from before whose key was destroyed.
    with sqlite3.connect(tokens) as store:
        store.execute("UPDATE scope SET name = 'gone', subject = ?, code = NULL, bound = 0 WHERE name = 'later'", [ended])
        count = store.execute("SELECT count(*) FROM token").fetchone()
    assert cordon("token", "dispose").returncode != 0
    with sqlite3.connect(tokens) as store:
        assert store.execute("SELECT count(*) FROM token").fetchone() == count
    # The key is back, as an escrow of that day has it: the scope is proved, and its tokens are what they were.
    with sqlite3.connect(vault) as store:
        store.execute(f"INSERT INTO subject_key VALUES ({','.join('?' * len(row))})", row)
    assert "NAME_TQZVZTCMQXCQJBVD" in did(deid("daily"))
    assert cordon("token", "scopes").stderr == ""


def test_look_ups_that_were_exchanged_before_are_seen(tmp_path):
    cordon, deid = before(tmp_path)
    with sqlite3.connect(tmp_path / "d/vault/tokens.sqlite") as store:
        (one, first), (two, second) = store.execute(
            "SELECT code, lookup FROM token JOIN scope ON scope.number = token.scope WHERE name = 'daily' AND kind = 'NAME'").fetchall()
        for code, lookup in ((one, bytes(16)), (two, first), (one, second)):
            store.execute("UPDATE token SET lookup = ? WHERE code = ?", [lookup, code])
    refused = deid("daily")
    assert refused.returncode != 0 and one not in refused.stdout + refused.stderr
    for code in (one, two):
        revealed = cordon("token", "reveal", f"NAME_{code}", "--scope", "daily", "--reason", "treatment", "--as", tmp_path / "rosa.key")
        assert revealed.returncode != 0 and revealed.stdout == ""
    revealed = cordon(
        "token", "reveal", "MRN_LRKJXWRVMXDWQBJZ", "--scope", "daily", "--reason", "treatment", "--as", tmp_path / "rosa.key")
    assert did(revealed) == "44712093\n"
