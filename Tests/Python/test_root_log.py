"""The root log that one of several replicas at a time keeps: lost, given up, put back, on a disk that refuses."""

import json
import shutil
import sqlite3
import time
from contextlib import closing

from conftest import eventually, running
from custodians import agreed, did, key_file
from paths import CORDON
from shards import beside, busy, events, gauge, give_up, is_recorded, pair, put_back, refused_start, root_entries, root_faults, root_log, sharded, states, verify


def test_a_root_log_that_is_given_up_again_and_again_verifies_and_goes_on(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        root, aside = gateway.data / "root", tmp_path / "aside"
        for number in (1, 2):
            busy(gateway, 2)
            # Each start says in the shard where the root log stood, and which it was.
            gateway.stop()
            said = len(events(gateway, "a", "root.checkpoint"))
            gateway.start()
            eventually(lambda: len(events(gateway, "a", "root.checkpoint")) > said)
            gateway.stop()
            shutil.copytree(root, aside, dirs_exist_ok=True)
            shutil.rmtree(root)
            refused_start(gateway, "the root log is gone")
            give_up(gateway, f"INC-{number}")
            assert did(verify(gateway))
            gateway.start()
            busy(gateway, 1)
        eventually(lambda: {entry["object"].split(":")[1] for entry in events(gateway, "a", "root.checkpoint")} == {*"012"})
        gateway.stop()
        checked = json.loads(did(verify(gateway)))
        assert checked["whole"] and checked["epoch"] == 2
        # The one that was given up is put back with the vault as it was: the shard speaks of the one after it.
        put_back(aside, root)
        assert any("given up 1 times" in fault for fault in root_faults(gateway))


def test_two_people_give_up_the_root_log_that_they_saw(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        root, early, late = gateway.data / "root", tmp_path / "early", tmp_path / "late"
        busy(gateway)
        gateway.stop()
        shutil.copytree(root, early)
        gateway.start()
        busy(gateway)
        gateway.stop()
        shutil.copytree(root, late)
        put_back(early, root)
        refused = gateway.cordon(
            "vault", "propose", "give_up_root", "root-log", "--set", "reason=a <b>", "--as", key_file(gateway, "alice"))
        assert refused.returncode == 2 and "reason" in refused.stderr
        proposal = agreed(gateway, "give_up_root", "root-log", reason="the last day is lost")
        # Somebody takes it away before it is done: an empty one is not what they agreed to.
        shutil.rmtree(root)
        taken = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
        assert taken.returncode == 65 and "not the one that two people agreed" in taken.stderr
        assert not (root / "log").exists()
        # The whole one comes back: there is nothing to give up.
        put_back(late, root)
        taken = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
        assert taken.returncode == 66 and "nothing to give up" in taken.stderr
        did(gateway.cordon("log", "shards", "--record"))
        assert verify(gateway).returncode == 0


def test_a_root_log_that_is_taken_away_or_put_back_while_nobody_runs_stops_the_start(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        root, shard = gateway.data / "root", gateway.data / "shards" / "a"
        busy(gateway)
        gateway.stop()
        for name, folder in (("root", root), ("shard", shard)):
            shutil.copytree(folder, tmp_path / f"{name}.early")
        gateway.start()
        busy(gateway)
        gateway.stop()
        kept = tmp_path / "kept.checkpoint"
        shutil.copy(root / "log" / "checkpoint", kept)
        # Each start says in the shard where the root log stood.
        said = len(events(gateway, "a", "root.checkpoint"))
        gateway.start()
        eventually(lambda: len(events(gateway, "a", "root.checkpoint")) > said)
        gateway.stop()
        for name, folder in (("root", root), ("shard", shard)):
            shutil.copytree(folder, tmp_path / f"{name}.late")
        size = root_entries(gateway)
        assert verify(gateway).returncode == 0

        # Taken away, and the shard rolled back with it: a root log that is begun anew would bear the shard out.
        shutil.rmtree(root)
        put_back(tmp_path / "shard.early", shard)
        refused_start(gateway, f"the root log is gone, and had {size} entries")
        assert f"root log: it has 0 entries, and had {size}: so the vault says" in root_faults(gateway)
        # Put back as it was yesterday, with the shard: both fit each other.
        put_back(tmp_path / "root.early", root)
        refused_start(gateway, f"entries, and had {size}")
        assert any("so the vault says" in fault for fault in root_faults(gateway))
        assert any("so says a checkpoint" in fault for fault in root_faults(gateway, "--against", kept))
        shown = gateway.cordon("log", "shards")
        assert shown.returncode == 1 and "BAD" in shown.stdout
        recorded = gateway.cordon("log", "shards", "--record")
        assert recorded.returncode == 65 and "nothing is recorded" in recorded.stderr
        (tmp_path / "words").write_text("correct horse battery staple")
        backup = gateway.cordon("backup", "--to", tmp_path / "x.age", "--passphrase-file", tmp_path / "words")
        assert backup.returncode == 65 and "the root log has" in backup.stderr and not (tmp_path / "x.age").exists()
        # A shard that ran on says it too.
        put_back(tmp_path / "shard.late", shard)
        assert any("so shard a says in entry" in fault for fault in root_faults(gateway))
        put_back(tmp_path / "root.late", root)
        assert verify(gateway).returncode == 0
        # One that was rolled back alone is backed up as it is, and named.
        put_back(tmp_path / "shard.early", shard)
        backup = gateway.cordon("backup", "--to", tmp_path / "x.age", "--passphrase-file", tmp_path / "words")
        assert backup.returncode == 1 and (tmp_path / "x.age").exists(), backup.stderr
        assert "UNPROVED   `shards/a`: " in backup.stdout
        read = gateway.cordon("log", "interactions")
        assert read.returncode == 65 and "`shards/a`: " in read.stderr and "help: put back `shards/a`" in read.stderr
        put_back(tmp_path / "shard.late", shard)
        assert verify(gateway).returncode == 0

        # What the vault says is under its seal, and signed.
        early = (tmp_path / "root.early" / "log" / "checkpoint").read_bytes()
        with closing(sqlite3.connect(gateway.data / "vault" / "vault.sqlite", isolation_level=None)) as store:
            honest, = store.execute("SELECT note FROM log_mark WHERE log = 'root-log'").fetchone()
            store.execute("UPDATE log_mark SET note = ? WHERE log = 'root-log'", (early,))
            refused_start(gateway, "changed beside the vault")
            store.execute(
                "UPDATE log_mark SET note = ? WHERE log = 'root-log'", (early.replace(b"cordon", b"CORDON"),))
            assert root_faults(gateway) == ["root log: what the vault keeps of it is no checkpoint that its key signed"]
            store.execute("UPDATE log_mark SET note = ? WHERE log = 'root-log'", (honest,))
        gateway.start()
        busy(gateway, 1)
        gateway.stop()

        # It is lost for good: somebody says so, and it goes on.
        size = root_entries(gateway)
        shutil.rmtree(root)
        give_up(gateway, "the disk is gone")
        said, = events(gateway, "commands", "root.given_up")
        assert said["object"] == "root-log:1" and len(said["people"]) == 2 and said["before"] != said["after"]
        assert said["justification"] == "the disk is gone"
        gateway.start()
        busy(gateway, 1)
        gateway.stop()
        checked = verify(gateway)
        assert checked.returncode == 0, checked.stdout
        assert json.loads(checked.stdout)["given_up"] == size


def test_a_root_log_that_goes_while_gateways_run_is_an_alert_and_nothing_is_recorded_in_another(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        eventually(lambda: is_recorded(gateway, "a"))
        busy(gateway)
        eventually(lambda: states(gateway)["a"]["behind"] == 0)
        assert gauge(gateway, "cordon_root_log_refused") == 0
        assert json.loads(gateway.get("/readyz")[2])["root_log"] == "whole"
        root, aside = gateway.data / "root", tmp_path / "aside"
        root.rename(aside)

        def state():
            status, _, body = gateway.get("/readyz")
            assert (status == 200) == (json.loads(body)["root_log"] == "whole")
            return json.loads(body)["root_log"]

        # A round that is under way finds that it cannot be read, the next one that it is gone.
        eventually(lambda: state() == "vanished")
        assert gauge(gateway, "cordon_root_log_refused") == 1
        # The shard goes on, and has it all; no other root log is begun.
        busy(gateway, 1)
        refused, = eventually(lambda: [
            entry for entry in events(gateway, "a", "shard.refused") if entry["rule"] == "vanished"])
        assert (refused["object"], refused["decision"]) == ("root", "deny")
        assert refused["before"] and "after" not in refused
        assert len(eventually(lambda: [
            alert for alert in events(gateway, "a", "alert.raised") if alert["rule"] == "root_log_altered"])) == 1
        assert b"nothing is recorded in the root log: the root log is gone" in gateway.output
        time.sleep(1.5)
        assert not (root / "log").exists()
        shutil.rmtree(root, ignore_errors=True)
        aside.rename(root)
        eventually(lambda: state() == "whole")
        assert gauge(gateway, "cordon_root_log_refused") == 0
        eventually(lambda: states(gateway)["a"]["behind"] == 0)
        assert verify(gateway).returncode == 0
        # Cut while it runs, with a checkpoint that fits what is left.
        segment, = (root / "log" / "segments").iterdir()
        segment.write_bytes(segment.read_bytes()[:200])
        busy(gateway, 1)
        eventually(lambda: state() == "damaged")


def test_a_disk_that_refuses_is_another_alert_than_somebody_who_changes(tmp_path, caller, failing_sync, monkeypatch):
    failing, calls = failing_sync
    monkeypatch.setenv("FAIL_SYNC_UNDER", "/root/log/")
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        eventually(lambda: is_recorded(gateway, "a"))
        busy(gateway)
        eventually(lambda: states(gateway)["a"]["behind"] == 0)
        failing.touch()
        began = time.monotonic()
        busy(gateway, 1)
        eventually(lambda: root_log(gateway) == "unreachable")
        assert gateway.get("/readyz")[0] == 503 and gauge(gateway, "cordon_root_log_refused") == 1
        busy(gateway, 1)
        alert, = eventually(lambda: [
            alert for alert in events(gateway, "a", "alert.raised") if alert["rule"].startswith("root_log")])
        assert alert["rule"] == "root_log_unreachable"
        assert not [entry for entry in events(gateway, "a", "shard.refused") if entry["object"] == "root"]
        # It is tried again with the log opened anew, and what the disk did not take is not believed to be there.
        failing.unlink()
        failed = time.monotonic() - began
        eventually(lambda: root_log(gateway) == "whole")
        assert gateway.get("/readyz")[0] == 200 and gauge(gateway, "cordon_root_log_refused") == 0
        busy(gateway, 1)
        eventually(lambda: states(gateway)["a"]["behind"] == 0)
        assert verify(gateway).returncode == 0
        # Once a second, and not for each request or each entry.
        assert len(calls.read_bytes()) < 10 + 2 * failed


def test_a_replica_whose_disk_refuses_leaves_the_turn_to_another_and_recovers_with_it(
        tmp_path, caller, failing_sync, monkeypatch):
    failing, _ = failing_sync
    monkeypatch.setenv("FAIL_SYNC_UNDER", "/root/log/")
    with running(tmp_path, caller, sharded("a")) as (a, _):
        eventually(lambda: is_recorded(a, "a"))
        monkeypatch.delenv("LD_PRELOAD")
        b = beside(a, "b").start()
        try:
            eventually(lambda: is_recorded(b, "a", "b"))
            failing.touch()
            for _ in range(2):
                busy(a, 1)
                busy(b, 1)
            eventually(lambda: b"the root log cannot be read or written" in a.output)
            # The other one records, and this one sees that what it could not write is sound.
            eventually(lambda: all(line["behind"] == 0 for line in states(b).values()))
            eventually(lambda: root_log(a) == "whole")
            assert root_log(b) == "whole" and a.get("/readyz")[0] == 200
            assert verify(b).returncode == 0
        finally:
            b.stop()


def test_a_shard_that_was_forgotten_contradicts_a_root_log_that_was_put_back_with_the_vault(tmp_path, caller):
    with pair(tmp_path, caller) as (a, b):
        eventually(lambda: is_recorded(a, "a", "b"))
        a.stop()
        b.stop()
        places = [a.data / "root", a.data / "shards" / "a", a.data / "vault"]
        for place in places:
            shutil.copytree(place, tmp_path / f"early.{place.name}")
        a.start()
        b.start()
        busy(a)
        eventually(lambda: states(a)["a"]["behind"] == 0)
        a.stop()
        b.stop()
        # The next start says where the root log stood in the end.
        said = len(events(b, "b", "root.checkpoint"))
        b.start()
        eventually(lambda: len(events(b, "b", "root.checkpoint")) > said)
        b.stop()
        assert verify(b).returncode == 0
        for place in places:
            put_back(tmp_path / f"early.{place.name}", place)
        assert any("so shard b says in entry" in fault for fault in root_faults(b))
        refused_start(b, "as its shard says")
