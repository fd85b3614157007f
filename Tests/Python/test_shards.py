"""Several replicas on one data directory: shards, and what is recorded of them."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing

import pytest
from conftest import SECRETS, chat, eventually, running
from custodians import did
from paths import CORDON
from shards import Load, busy, events, gauge, is_recorded, pair, sharded, states, verify


def test_a_replica_that_is_killed_under_load_leaves_a_log_that_verifies(tmp_path, caller):
    with pair(tmp_path, caller) as (a, b):
        eventually(lambda: is_recorded(a, "a", "b"))
        loads = [Load(a), Load(a), Load(b)]
        time.sleep(2)
        eventually(lambda: all(load.answered > 3 for load in loads))
        # The first that came has the turn: it is the one that is killed.
        a.kill()
        for load in loads[:2]:
            load.end()
        recorded = states(b)
        # The other takes over within the length of a lease, and goes on recording.
        eventually(lambda: states(b)["b"]["recorded"] > recorded["b"]["recorded"] + 5, within=120)
        loads[2].end()
        assert all(load.answered > 3 for load in loads)
        state = eventually(lambda: (now := states(b))["b"]["behind"] == 0 and now)
        assert state["a"]["open"] is False and state["b"]["open"] is True
        checked = verify(b)
        assert checked.returncode == 0, checked.stdout
        # Each request that was answered has its closing entry, in the shard of the replica that answered.
        answered = {"a": loads[0].answered + loads[1].answered, "b": loads[2].answered}
        for shard, count in answered.items():
            assert len(events(b, shard, "request.closed")) >= count
        # One search over all shards counts them together, and a request is explained wherever it went.
        total = int(did(b.cordon("log", "search", "--root", "--event", "request.closed", "--count")))
        assert total >= sum(answered.values())
        one = events(b, "a", "request.closed")[0]["request"]
        assert one in did(b.cordon("explain", one))
        # The vault's events were brought into one log or the other, and none into both.
        created = events(b, "a", "vault.created") + events(b, "b", "vault.created")
        assert len(created) == 1
        # The killed one comes back: its shard goes on where it was.
        a.start()
        assert a.post(chat("hello"))[0] == 200
        eventually(lambda: states(b)["a"]["recorded"] > state["a"]["recorded"])
        a.stop()
        b.stop()
        # The last one that ended has recorded everything.
        assert {name: line["behind"] for name, line in states(b).items()} == {"a": 0, "b": 0}
        checked = verify(b)
        assert checked.returncode == 0, checked.stdout
        shards = {shard["replica"]: shard for shard in json.loads(checked.stdout)["shards"]}
        assert all(shard["entries"] == shard["recorded"] for shard in shards.values())


def test_a_shard_that_was_rewritten_under_a_valid_head_is_refused_and_found(tmp_path, caller):
    with pair(tmp_path, caller) as (a, b):
        shard, snapshot = a.data / "shards" / "a", tmp_path / "snapshot"
        assert a.post(chat("hello"))[0] == 200
        a.stop()
        shutil.copytree(shard, snapshot)
        a.start()
        for _ in range(5):
            assert a.post(chat("hello"))[0] == 200
        a.stop()
        honest = eventually(lambda: (now := states(b)["a"])["behind"] == 0 and now)
        # Who has the key can put back yesterday's shard and go on from there: each of its heads is signed. A round in
        # between finds none.
        def refusals():
            return [entry for entry in events(b, "b", "shard.refused") if entry["rule"] != "vanished"]

        shard.rename(tmp_path / "aside")
        snapshot.rename(shard)
        short = eventually(refusals)
        assert [(entry["object"], entry["rule"]) for entry in short] == [("shard:a", "shrank")]
        a.start()
        while states(b)["a"]["published"] <= honest["recorded"]:
            assert a.post(chat("another"))[0] == 200
        refused = eventually(lambda: (now := refusals())[1:] and now)
        assert {entry["rule"] for entry in refused} == {"shrank", "forked"}
        assert all(entry["decision"] == "deny" and entry["before"] != entry["after"] for entry in refused)
        # It stays refused, and the other shard goes on being recorded.
        before = states(b)
        assert b.post(chat("hello"))[0] == 200
        eventually(lambda: states(b)["b"]["recorded"] > before["b"]["recorded"])
        assert states(b)["a"]["recorded"] == honest["recorded"]
        assert gauge(b, "cordon_shards_refused") == 1
        assert b"shard a is not recorded" in b.output
        # By itself the shard verifies: only the root log shows it.
        alone = subprocess.run([CORDON, "log", "verify", "--data", shard], capture_output=True, text=True)
        assert alone.returncode == 0, alone.stdout
        found = verify(b)
        assert found.returncode == 1
        faults = json.loads(found.stdout)["faults"]
        assert [fault["shard"] for fault in faults] == ["a"] and "not those that were recorded" in faults[0]["fault"]


def test_commands_write_into_a_shard_of_their_own(tmp_path, caller):
    with pair(tmp_path, caller) as (a, b):
        eventually(lambda: is_recorded(a, "a", "b"))
        # While a replica runs it takes up what commands did.
        did(a.cordon("kill", "gpt-4o-mini", "--by", "alice", "--reason", "INC-1"))
        stopped = eventually(lambda: [
            entry for shard in "ab" for entry in events(a, shard, "traffic.stopped")])
        assert len(stopped) == 1 and stopped[0]["after"]
        # What stops one stops the other: they share the data directory.
        assert b.post(chat("hello"))[0] == 403 and a.post(chat("hello"))[0] == 403
        a.stop()
        b.stop()
        did(a.cordon("kill", "gpt-4o-mini", "--by", "alice", "--lift"))
        resumed = events(a, "commands", "traffic.resumed")
        assert len(resumed) == 1 and resumed[0]["before"] == stopped[0]["after"] and resumed[0]["method"] == "unlink"
        assert states(a)["commands"]["behind"] == 0
        assert verify(a).returncode == 0


def test_what_a_killed_replica_acknowledged_last_is_covered_on_request(tmp_path, caller):
    with pair(tmp_path, caller) as (a, b):
        eventually(lambda: is_recorded(a, "a", "b"))
        b.stop()
        assert a.post(chat("hello"))[0] == 200
        a.kill()
        did(a.cordon("log", "shards", "--record"))
        assert all(line["behind"] == 0 and not line["open"] for line in states(a).values())
        checked = verify(a)
        assert checked.returncode == 0, checked.stdout
        assert all(shard["entries"] == shard["recorded"] for shard in json.loads(checked.stdout)["shards"])


def test_a_data_directory_with_shards_takes_no_gateway_without_a_name(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        gateway.stop()
        del gateway.configuration["log"]
        with pytest.raises(AssertionError, match="several replicas write the log"):
            gateway.start()
        gateway.configuration["log"] = {"shards": {"replica": "commands"}}
        gateway.write_configuration()
        checked = subprocess.run(
            [CORDON, "serve", "--check", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True)
        assert checked.returncode == 78 and "and not `commands`" in checked.stderr


def test_an_empty_folder_among_the_shards_disturbs_nothing(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        busy(gateway, 1)
        gateway.stop()
        (gateway.data / "shards" / "0").mkdir()
        shown = did(gateway.cordon("log", "show", "--root"))
        assert "shard a" in shown and "request.closed" in shown
        assert len(events(gateway, "a", "request.closed")) == 1
        assert verify(gateway).returncode == 0


def test_an_event_that_was_handed_over_before_a_crash_is_in_one_shard(tmp_path, caller):
    with pair(tmp_path, caller) as (a, b):
        eventually(lambda: is_recorded(a, "a", "b"))
        vault, waiting = a.data / "vault", tmp_path / "waiting.sqlite"

        def stopped():
            return [entry for shard in "ab" for entry in events(a, shard, "traffic.stopped")]

        with open(vault / "outbox.lock", "r+") as lock:
            # Somebody hands events over, and sleeps: nobody else begins, whose turn it may be.
            fcntl.flock(lock, fcntl.LOCK_EX)
            command = subprocess.Popen(
                [CORDON, "kill", "gpt-4o-mini", "--by", "alice", "--reason", "INC-1", "--data", a.data],
                env={**os.environ, **SECRETS}, stdout=subprocess.DEVNULL)
            time.sleep(2.5)
            assert not stopped() and command.poll() is None
            with closing(sqlite3.connect(vault / "vault.sqlite")) as store, closing(sqlite3.connect(waiting)) as copied:
                store.backup(copied)
        assert command.wait(120) == 0
        assert len(eventually(stopped)) == 1
        a.stop()
        b.stop()

        def crash():
            """The vault as it was when the event was in the log and nobody had noted it."""
            for name in ("vault.sqlite-wal", "vault.sqlite-shm"):
                (vault / name).unlink(missing_ok=True)
            shutil.copy(waiting, vault / "vault.sqlite")

        crash()
        (vault / "outbox.taken").touch()
        # Another replica than the one that handed it over finds it.
        b.start()
        eventually(lambda: not (vault / "outbox.taken").exists())
        b.stop()
        assert len(stopped()) == 1
        checked = verify(b)
        assert checked.returncode == 0 and json.loads(checked.stdout)["repeated"] == []
        # Where nobody left word it is there twice, which is said and is no fault.
        crash()
        b.start()
        assert len(eventually(lambda: (now := stopped())[1:] and now)) == 2
        b.stop()
        checked = verify(b)
        repeated, = json.loads(checked.stdout)["repeated"]
        assert checked.returncode == 0 and repeated["event"] == stopped()[0]["request"]
