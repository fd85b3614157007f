"""Disposal of what is kept about a person: after retention, by two people, under no hold, for good, and provably."""

import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from canaries import found
from conftest import SECRETS, chat, eventually
from custodians import agreed, carry_out, did, key_file, take_in
from paths import CORDON

PATIENT = "Patient/QZ-88413307"


@pytest.fixture
def later(own):
    """A gateway that has stopped, the tag of its patient, and commands whose clock is that many days on."""
    if not shutil.which("faketime"):
        pytest.skip("there is no faketime")
    with own() as (gateway, vendor):
        gateway.post(chat("hello"), headers={"x-cordon-patient": PATIENT})
        gateway.post(chat("hello"), headers={"x-cordon-patient": "Patient/other"})
        first, other = (entry["tags"][0] for entry in gateway.entries() if entry["event"] == "request.opened")
        gateway.stop()

        def at(days, *arguments):
            return subprocess.run(
                ["faketime", "-f", f"+{days}d", CORDON, *map(str, arguments), "--data", gateway.data],
                capture_output=True, text=True, env={**os.environ, **SECRETS})

        yield gateway, first, other, at


def agree(gateway, at, days, operation, object):
    """The id of a proposal that both administrators signed on that day."""
    proposal = did(at(days, "vault", "propose", operation, object, "--as", key_file(gateway, "alice"))).split()[1].rstrip(",")
    did(at(days, "vault", "approve", proposal, "--yes", "--as", key_file(gateway, "bruno")))
    return proposal


SIX_YEARS = 6 * 365 + 3


# proves: LIF-01
def test_a_subject_is_disposed_of_when_its_time_is_over_and_never_before(later):
    gateway, tag, other, at = later
    assert "retained   until " in did(gateway.cordon("subject", "show", tag))
    early = agree(gateway, at, SIX_YEARS - 10, "shred", tag)
    refused = at(SIX_YEARS - 10, "subject", "shred", "--proposal", early)
    assert refused.returncode != 0, refused.stdout

    due = agree(gateway, at, SIX_YEARS, "shred", tag)
    certificate = json.loads(did(at(SIX_YEARS, "subject", "shred", "--proposal", due)).splitlines()[-1])
    assert tag in json.dumps(certificate) and found(json.dumps(certificate).encode(), [PATIENT]) == []
    assert json.loads(did(at(SIX_YEARS, "subject", "certificate", tag))) == certificate
    assert "destroyed" in did(at(SIX_YEARS, "subject", "show", tag))
    assert "destroyed" not in did(at(SIX_YEARS, "subject", "show", other))
    events = [json.loads(line)["event"] for line in did(at(SIX_YEARS, "log", "show", "--json")).splitlines()]
    assert "subject.shredded" in events
    # The tree still verifies, with the sealed parts that nobody can open any more.
    assert "every byte was checked" in did(at(SIX_YEARS, "log", "verify"))


# proves: LIF-01
def test_a_hold_wins_over_the_end_of_retention(later):
    gateway, tag, _, at = later
    hold = agree(gateway, at, SIX_YEARS, "place_hold", tag)
    did(at(SIX_YEARS, "subject", "hold", "--proposal", hold))
    assert "hold       " in did(at(SIX_YEARS, "subject", "show", tag))
    due = agree(gateway, at, SIX_YEARS, "shred", tag)
    assert at(SIX_YEARS, "subject", "shred", "--proposal", due).returncode != 0
    released = agree(gateway, at, SIX_YEARS, "release_hold", hold)
    did(at(SIX_YEARS, "subject", "release", "--proposal", released))
    due = agree(gateway, at, SIX_YEARS, "shred", tag)
    did(at(SIX_YEARS, "subject", "shred", "--proposal", due))
    assert "destroyed" in did(at(SIX_YEARS, "subject", "show", tag))


# proves: LIF-04, ENC-17
def test_an_escrow_from_before_does_not_bring_a_disposed_subject_back(later, tmp_path):
    gateway, tag, other, at = later
    secret = tmp_path / "secret"
    secret.write_text("a passphrase of the archives\n")
    keys, archive, target = tmp_path / "keys.age", tmp_path / "data.age", tmp_path / "restored"
    did(gateway.cordon(
        "escrow", "--to", keys, "--passphrase-file", secret, "--proposal", agreed(gateway, "export", "escrow", recipients="passphrase")))
    due = agree(gateway, at, SIX_YEARS, "shred", tag)
    did(at(SIX_YEARS, "subject", "shred", "--proposal", due))
    did(at(SIX_YEARS, "subject", "certificate", tag))
    did(at(SIX_YEARS, "backup", "--to", archive, "--passphrase-file", secret))
    restored = at(
        SIX_YEARS, "restore", archive, "--into", target, "--passphrase-file", secret, "--escrow", keys,
        "--escrow-passphrase-file", secret)
    assert "destroyed" in did(restored)
    gateway.configuration["data"] = str(target)
    assert "destroyed" in did(at(SIX_YEARS, "subject", "show", tag))
    assert "destroyed" not in did(at(SIX_YEARS, "subject", "show", other))
    assert did(at(SIX_YEARS, "log", "verify"))


def test_a_subject_within_retention_is_not_disposed_of_today(own):
    with own() as (gateway, vendor):
        gateway.post(chat("hello"), headers={"x-cordon-patient": PATIENT})
        tag, = gateway.of_requests()[-1]["tags"]
        refused = gateway.cordon("subject", "shred", "--proposal", agreed(gateway, "shred", tag))
        assert refused.returncode != 0
        carry_out(gateway, "place_hold", tag)
        assert gateway.post(chat("hello"), headers={"x-cordon-patient": PATIENT})[0] == 200


def test_an_auditor_reads_who_had_access_and_the_log_says_that_it_was_read(own):
    def report(gateway, person, reference, *arguments):
        return subprocess.run(
            [CORDON, "subject", "report", "--data", gateway.data, "--as", key_file(gateway, person), *arguments],
            input=reference + "\n", capture_output=True, text=True, env={**os.environ, **SECRETS})

    with own() as (gateway, _):
        take_in(gateway, "petra", "auditor")
        for user in ["lavinia.oxbow@clinic.example", "ferdinand.quillon@clinic.example"]:
            assert gateway.post(chat("hello"), headers={"x-cordon-patient": PATIENT, "x-cordon-user": user})[0] == 200
        assert gateway.post(chat("hello"), headers={"x-cordon-patient": "Patient/other"})[0] == 200
        lines = [json.loads(line) for line in did(report(gateway, "petra", PATIENT, "--json")).splitlines()]
        assert [line["entry"]["event"] for line in lines] == ["request.opened", "request.closed"] * 2
        assert [line["personal"]["user"] for line in lines[::2]] == ["lavinia.oxbow@clinic.example", "ferdinand.quillon@clinic.example"]
        assert "ferdinand.quillon@clinic.example" in did(report(gateway, "petra", PATIENT))
        reads = [entry for entry in gateway.entries() if entry["event"] == "log.read" and entry.get("object")]
        assert [entry["object"] for entry in reads] == [lines[0]["entry"]["tags"][-1]] * 2

        refused = report(gateway, "alice", PATIENT)
        assert refused.returncode == 69 and refused.stdout == ""
        unknown = report(gateway, "petra", "Patient/nobody")
        assert unknown.returncode == 69 and unknown.stdout == "" and "nobody" not in unknown.stderr
        assert found(gateway.output, [PATIENT, "oxbow", "quillon"]) == []


def break_off(gateway, proposal):
    """Begins to dispose of a subject, and ends when that is announced and not done."""
    vault = gateway.data / "vault"
    with open(vault / "outbox.lock", "a") as lock:
        # Nothing comes into the log now: the announcement is made, and the process ends.
        fcntl.flock(lock, fcntl.LOCK_EX)
        broken = subprocess.Popen(
            ["faketime", "-f", f"+{SIX_YEARS}d", CORDON, "subject", "shred", "--proposal", proposal, "--data", gateway.data],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **SECRETS}, start_new_session=True)

        def announced():
            with closing(sqlite3.connect(vault / "vault.sqlite")) as store:
                return store.execute("SELECT count(*) FROM subject WHERE state = 1").fetchone() == (1,)

        eventually(announced)
        # `faketime` has it as a child, and would have put away what the two of them share.
        os.killpg(broken.pid, signal.SIGKILL)
        broken.wait()
        for name in (f"sem.faketime_sem_{broken.pid}", f"faketime_shm_{broken.pid}"):
            Path("/dev/shm", name).unlink(missing_ok=True)


def test_a_destruction_that_was_broken_off_is_taken_back_under_a_hold_and_the_log_says_so(later):
    gateway, tag, _, at = later
    due = agree(gateway, at, SIX_YEARS, "shred", tag)
    break_off(gateway, due)
    assert at(SIX_YEARS, "subject", "resume", tag, "--by", "alice").returncode != 0
    did(at(SIX_YEARS, "subject", "hold", "--proposal", agree(gateway, at, SIX_YEARS, "place_hold", tag)))
    held = at(SIX_YEARS, "subject", "shred")
    assert held.returncode == 69 and "hold" in held.stderr
    assert "used again" in did(at(SIX_YEARS, "subject", "resume", tag, "--by", "alice"))
    assert "nothing is announced" in did(at(SIX_YEARS, "subject", "resume", tag, "--by", "alice"))
    about = [json.loads(line) for line in did(at(SIX_YEARS, "log", "show", "--json")).splitlines()]
    about = [entry for entry in about if entry.get("object") == tag and entry["event"] != "subject.created"]
    assert [entry["event"] for entry in about] == ["subject.shredded", "hold.placed", "subject.resumed"]
    assert about[0]["rule"] == "announced" and about[2]["people"] and about[2]["before"] != about[2]["after"]
    assert did(at(SIX_YEARS, "log", "verify"))
