"""A backup opens with the stock age and tar, comes back on an empty host, and cannot bring back what was disposed of."""

import base64
import datetime
import hashlib
import json
import re
import shutil
import subprocess

import pytest
from agreements import add, without_agreement
from canaries import NOTE, PLANTED, found
from conftest import SECRETS, chat, eventually, running
from custodians import agreed, did
from paths import CORDON
from shards import Load, busy, is_recorded, pair, put_back, sharded, states

PATIENT = "Patient/QZ-88413307"
SECRET = [*PLANTED, PATIENT, "88413307"]


@pytest.fixture
def age_key(tmp_path):
    """An identity file of the stock program, and its recipient."""
    path = tmp_path / "age.key"
    made = subprocess.run(["age-keygen", "-o", path], capture_output=True, text=True)
    if made.returncode:
        pytest.skip("there is no age-keygen")
    return path, made.stderr.split()[-1]


def escrow(gateway, to, recipient):
    return gateway.cordon("escrow", "--to", to, "--recipient", recipient, "--proposal", agreed(gateway, "export", "escrow", recipients=recipient))


def test_a_backup_made_while_requests_run_is_restored_with_its_log_its_keys_and_its_counts(own, tmp_path, age_key):
    identity, recipient = age_key
    with own() as (gateway, vendor):
        for index in range(10):
            gateway.post(chat(NOTE), headers={"x-cordon-patient": f"{PATIENT}-{index % 3}", "x-cordon-user": "lee"})
        keys, archive, target = tmp_path / "keys.age", tmp_path / "data.age", tmp_path / "restored"
        output = did(escrow(gateway, keys, recipient))
        assert "subjects   " in output
        output = did(gateway.cordon(
            "backup", "--to", archive, "--recipient", recipient, "--config", gateway.folder / "cordon.yaml"))
        assert "keys are not in it" in output
        # Never over a file that is there.
        before = archive.read_bytes()
        assert gateway.cordon("backup", "--to", archive, "--recipient", recipient).returncode != 0
        assert archive.read_bytes() == before and found(before, SECRET) == []

        opened = subprocess.run(["age", "-d", "-i", identity, archive], capture_output=True, check=True).stdout
        assert found(opened, SECRET) == []
        names = subprocess.run(["tar", "t"], input=opened, capture_output=True, check=True).stdout.decode().split()
        assert "manifest.json" in names and any(name.endswith(".seg") for name in names)
        assert not any(name.endswith("vault.key") for name in names)

        restored = gateway.cordon(
            "restore", archive, "--into", target, "--identity", identity, "--escrow", keys, "--escrow-identity", identity)
        assert "every byte was checked" in did(restored) and "without a key" not in restored.stdout
        assert gateway.cordon("restore", archive, "--into", target, "--identity", identity).returncode != 0
        size = len(gateway.entries())
        gateway.stop()
        gateway.configuration["data"] = str(target)
        assert did(gateway.cordon("log", "verify"))
        gateway.start()
        tags = gateway.entries()[-1].get("tags")
        assert gateway.post(chat("hello"), headers={"x-cordon-patient": f"{PATIENT}-0"})[0] == 200
        entries = gateway.entries()
        tag, = gateway.of_requests()[-1]["tags"]
        assert sum(tag in entry.get("tags", []) for entry in entries) > 2 and len(entries) > size - 6 and tags is None
        assert [entry["event"] for entry in entries if entry["event"].startswith("restore.")] == ["restore.completed"]


def test_what_people_decided_is_restored_with_the_data(own, tmp_path, age_key):
    """A vendor that was stopped is stopped after a restore; agreements and each state that the log names are there."""
    identity, recipient = age_key
    model = "us.example/" + "m" * 70 + "-v1:0"
    with own(without_agreement) as (gateway, vendor):
        did(add(gateway))
        did(add(gateway, breach_report_hours=24))
        for name in ("mock", model):
            did(gateway.cordon("kill", name, "--by", "alice"))
        keys, archive, target = tmp_path / "keys.age", tmp_path / "data.age", tmp_path / "restored"
        did(escrow(gateway, keys, recipient))
        did(gateway.cordon("backup", "--to", archive, "--recipient", recipient))
        did(gateway.cordon(
            "restore", archive, "--into", target, "--identity", identity, "--escrow", keys, "--escrow-identity", identity))
        for kept in ("agreements.yaml", "agreements/*.yaml", "configurations/*.yaml", "kill/*"):
            before = {path.name: path.read_bytes() for path in gateway.data.glob(kept)}
            assert before and {path.name: path.read_bytes() for path in target.glob(kept)} == before
        hashes = {entry["after"] for entry in gateway.entries() if entry["event"] in ("server.started", "agreements.changed")}
        gateway.stop()
        gateway.configuration["data"] = str(target)
        for digest in hashes:
            assert hashlib.sha256(did(gateway.cordon("log", "version", digest)).encode()).hexdigest() == digest
        gateway.start()
        assert gateway.post(chat("hello"))[0] == 403 and vendor.received == b""
        did(gateway.cordon("kill", "mock", "--lift", "--by", "alice"))
        assert eventually(lambda: gateway.post(chat("hello"))[0] == 200)


def test_a_drill_keeps_nothing_and_is_an_entry(own, tmp_path, age_key):
    identity, recipient = age_key
    with own() as (gateway, vendor):
        gateway.post(chat("hello"))
        gateway.stop()
        archive = tmp_path / "data.age"
        did(gateway.cordon("backup", "--to", archive, "--recipient", recipient))
        before = {path.name for path in tmp_path.iterdir()}
        assert "can be restored" in did(gateway.cordon("restore", archive, "--drill", "--identity", identity))
        assert {path.name for path in tmp_path.iterdir()} == before
        assert [entry["event"] for entry in gateway.entries()][-2:] == ["backup.made", "restore.drilled"]


def control(gateway, day=None):
    """What the matrix says of testing the contingency plan, as of a day."""
    arguments = ["safeguards", "matrix", "--json", "--config", gateway.folder / "cordon.yaml"]
    shown = subprocess.run([CORDON, *arguments, *(["--on", str(day)] if day else [])], capture_output=True, text=True)
    rows = [json.loads(line) for line in did(shown).splitlines()]
    return next(row for row in rows if row["specification"] == "164.308(a)(7)(ii)(D)")


# proves: OPS-09, ENC-17
def test_a_drill_restores_on_an_empty_host_proves_the_head_prints_minutes_and_grows_old(own, tmp_path, age_key):
    identity, recipient = age_key
    with own(lambda configuration: configuration.update(backup={"drill_days": 90})) as (gateway, vendor):
        for _ in range(3):
            assert gateway.post(chat(NOTE), headers={"x-cordon-patient": PATIENT})[0] == 200
        keys, archive = tmp_path / "keys.age", tmp_path / "data.age"
        did(escrow(gateway, keys, recipient))
        did(gateway.cordon("backup", "--to", archive, "--recipient", recipient))
        assert (control(gateway)["control"], control(gateway)["last_drill"]) == ("not-satisfied", None)

        # Another host: it has what was carried there, and nothing else of this one.
        host = tmp_path / "host"
        host.mkdir()
        for file in (keys, archive, identity):
            shutil.copy(file, host)
        gateway.stop()
        gateway.data.rename(tmp_path / "burnt")
        restored = subprocess.run(
            [CORDON, "restore", "data.age", "--into", "data", "--identity", identity.name, "--escrow", "keys.age",
             "--escrow-identity", identity.name],
            cwd=host, env={"HOME": str(host), "PATH": "/usr/bin:/bin", **SECRETS}, capture_output=True, text=True)
        output = did(restored)
        # The head is the one that was published when the backup was made, and the log there has it.
        size, root = re.search(r"^head +(\d+) entries, root ([0-9a-f]{64})$", output, re.M).groups()
        opened = subprocess.run(["age", "-d", "-i", identity, archive], capture_output=True, check=True).stdout
        note = subprocess.run(["tar", "xO", "log/checkpoint"], input=opened, capture_output=True, check=True).stdout.decode()
        assert note.splitlines()[1] == size and base64.b64decode(note.splitlines()[2]).hex() == root
        assert "every byte was checked" in output
        recovery, loss = (float(re.search(rf"^{name} +(\d+\.\d\d) minutes", output, re.M)[1]) for name in ("recovery", "loss"))
        # NPRM 164.308(a)(7)(ii)(B) wants 72 hours.
        assert 0 < recovery < 60 and 0 < loss < 60
        kept = tmp_path / "kept.checkpoint"
        kept.write_text(note)
        checked = subprocess.run([CORDON, "log", "verify", "--data", host / "data", "--against", kept], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout

        # The drill of the running house is in its log, and is evidence for as long as the policy says.
        (tmp_path / "burnt").rename(gateway.data)
        did(gateway.cordon("restore", archive, "--drill", "--identity", identity))
        now = control(gateway)
        assert now["control"] == "satisfied" and now["last_drill"] and now["drill_days"] == 90
        today = datetime.date.fromisoformat(now["last_drill"][:10])
        assert control(gateway, today + datetime.timedelta(days=90))["control"] == "satisfied"
        late = today + datetime.timedelta(days=91)
        assert control(gateway, late)["control"] == "not-satisfied"
        text = did(subprocess.run(
            [CORDON, "safeguards", "matrix", "--config", gateway.folder / "cordon.yaml", "--on", str(late)],
            capture_output=True, text=True))
        assert "control: not-satisfied: the last restore drill is 91 days old, and at most 90 days are allowed" in text
        # What came later is no evidence for an earlier day.
        assert control(gateway, today - datetime.timedelta(days=1))["control"] == "not-satisfied"


def test_a_changed_or_shortened_backup_and_another_key_restore_nothing(own, tmp_path, age_key):
    identity, recipient = age_key
    with own() as (gateway, vendor):
        gateway.post(chat("hello"))
        gateway.stop()
        archive, target = tmp_path / "data.age", tmp_path / "restored"
        did(gateway.cordon("backup", "--to", archive, "--recipient", recipient))
        content = archive.read_bytes()
        for changed in (content[:-1], content[:-100], content[: len(content) // 2], content + b"x",
                        content[:5000] + bytes([content[5000] ^ 1]) + content[5001:], b""):
            archive.write_bytes(changed)
            refused = gateway.cordon("restore", archive, "--into", target, "--identity", identity)
            assert refused.returncode != 0 and not target.exists()
        archive.write_bytes(content)
        other = tmp_path / "other.key"
        subprocess.run(["age-keygen", "-o", other], check=True, capture_output=True)
        assert gateway.cordon("restore", archive, "--into", target, "--identity", other).returncode != 0
        assert not target.exists()


def test_an_escrow_takes_two_people(own, tmp_path, age_key):
    from custodians import proposed

    with own() as (gateway, vendor):
        keys = tmp_path / "keys.age"
        refused = gateway.cordon(
            "escrow", "--to", keys, "--recipient", age_key[1], "--proposal", proposed(gateway, "export", "escrow", recipients=age_key[1]))
        assert refused.returncode != 0 and not keys.exists()


def test_an_escrow_goes_to_those_only_whom_two_people_named(own, tmp_path, age_key):
    with own() as (gateway, vendor):
        keys, other = tmp_path / "keys.age", tmp_path / "other.key"
        subprocess.run(["age-keygen", "-o", other], check=True, capture_output=True)
        stranger = subprocess.run(["age-keygen", "-y", other], check=True, capture_output=True, text=True).stdout.strip()
        proposal = agreed(gateway, "export", "escrow", recipients=age_key[1])
        for readers in ([stranger], [age_key[1], stranger]):
            named = [part for reader in readers for part in ("--recipient", reader)]
            refused = gateway.cordon("escrow", "--to", keys, *named, "--proposal", proposal)
            assert refused.returncode != 0 and not keys.exists(), refused.stdout
        # The refusals have not used the agreement up.
        did(gateway.cordon("escrow", "--to", keys, "--recipient", age_key[1], "--proposal", proposal))


def test_a_vault_that_was_locked_is_locked_again_after_a_restore(own, tmp_path, age_key):
    identity, recipient = age_key
    with own() as (gateway, vendor):
        gateway.post(chat(NOTE), headers={"x-cordon-patient": PATIENT})
        keys, archive, target = tmp_path / "keys.age", tmp_path / "data.age", tmp_path / "restored"
        did(escrow(gateway, keys, recipient))
        did(gateway.cordon("vault", "lock", "--by", "oncall"))
        did(gateway.cordon("backup", "--to", archive, "--recipient", recipient))
        did(gateway.cordon(
            "restore", archive, "--into", target, "--identity", identity, "--escrow", keys, "--escrow-identity", identity))
        gateway.stop()
        gateway.configuration["data"] = str(target)
        gateway.start()
        assert gateway.post(chat(NOTE), headers={"x-cordon-patient": PATIENT})[0] == 503
        status, _, body = gateway.get("/readyz")
        assert status == 503 and b"locked" in body


def test_the_shards_of_several_replicas_are_restored_with_their_root_log(tmp_path, caller, age_key):
    identity, recipient = age_key
    with pair(tmp_path, caller) as (a, b):
        for gateway in (a, b):
            gateway.post(chat(NOTE), headers={"x-cordon-patient": PATIENT})
        eventually(lambda: is_recorded(a, "a", "b"))
        keys, archive, target = tmp_path / "keys.age", tmp_path / "data.age", tmp_path / "restored"
        did(escrow(a, keys, recipient))
        # While both serve, and record themselves each second.
        load = Load(b)
        written = did(a.cordon("backup", "--to", archive, "--recipient", recipient))
        load.end()
        assert "shard      a: " in written and "shard      b: " in written and "root       " in written
        opened = subprocess.run(["age", "-d", "-i", identity, archive], capture_output=True, check=True).stdout
        assert found(opened, SECRET) == []
        a.stop()
        b.stop()
        assert "can be restored" in did(a.cordon("restore", archive, "--drill", "--identity", identity))
        restored = did(a.cordon(
            "restore", archive, "--into", target, "--identity", identity, "--escrow", keys, "--escrow-identity", identity))
        assert "shard      a: " in restored and "without a key" not in restored
        for gateway in (a, b):
            gateway.configuration["data"] = str(target)
        checked = a.cordon("log", "verify", "--root", "--json")
        assert checked.returncode == 0, checked.stdout
        shards = {shard["replica"]: shard for shard in json.loads(checked.stdout)["shards"]}
        assert {"a", "b", "commands"} <= set(shards)
        a.start()
        assert a.post(chat(NOTE), headers={"x-cordon-patient": PATIENT})[0] == 200
        eventually(lambda: states(a)["a"]["behind"] == 0)
        a.stop()
        # Nothing that happened once is in the logs twice.
        whole = a.cordon("log", "verify", "--root", "--json")
        assert whole.returncode == 0 and json.loads(whole.stdout)["repeated"] == []


def test_shards_that_do_not_fit_the_root_log_are_backed_up_as_they_are(tmp_path, caller, age_key):
    _, recipient = age_key
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        shard = gateway.data / "shards" / "a"
        busy(gateway)
        gateway.stop()
        shutil.copytree(shard, tmp_path / "early")
        gateway.start()
        busy(gateway)
        gateway.stop()
        archive = tmp_path / "data.age"
        shutil.copytree(shard, tmp_path / "late")
        put_back(tmp_path / "early", shard)
        # No restore takes it unasked: whoever makes the backup is told.
        told = gateway.cordon("backup", "--to", archive, "--recipient", recipient)
        assert told.returncode == 1 and "UNPROVED   `shards/a`: " in told.stdout and archive.exists()
        put_back(tmp_path / "late", shard)
        whole = did(gateway.cordon("backup", "--to", tmp_path / "whole.age", "--recipient", recipient))
        assert "UNPROVED" not in whole
