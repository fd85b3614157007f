"""Several replicas on one data directory: shards, and the root log that one of them at a time keeps."""

import copy
import json
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from conftest import ALL_GATEWAYS, Gateway, chat, eventually, running
from custodians import did
from paths import CORDON


def sharded(replica, **more):
    def change(configuration):
        configuration["log"] = {"shards": {"replica": replica, "record_seconds": 1, **more}}

    return change


def beside(first, replica, **more):
    """Another replica on the data directory of the first, with the same vendor."""
    folder = first.folder / f"replica-{replica}"
    folder.mkdir()
    configuration = copy.deepcopy(first.configuration)
    with socket.create_server(("127.0.0.1", 0)) as free:
        configuration["listen"]["port"] = free.getsockname()[1]
    sharded(replica, **more)(configuration)
    gateway = Gateway(folder, configuration, first.caller)
    ALL_GATEWAYS.append(gateway)
    return gateway


@contextmanager
def pair(tmp_path, caller, **more):
    with running(tmp_path, caller, sharded("a", **more)) as (first, _):
        second = beside(first, "b", **more)
        try:
            yield first, second.start()
        finally:
            second.stop()


def states(gateway):
    """How `cordon log shards` says that each shard stands."""
    shown = gateway.cordon("log", "shards", "--json")
    assert shown.returncode == 0, shown.stderr
    return {line["shard"]: line for line in map(json.loads, shown.stdout.splitlines())}


def verify(gateway):
    return gateway.cordon("log", "verify", "--root", "--json")


def events(gateway, shard, event):
    shown = gateway.cordon("log", "search", "--root", "--event", event, "--json", "--limit", "100000")
    assert shown.returncode == 0, shown.stderr
    return [entry for entry in map(json.loads, shown.stdout.splitlines()) if entry["shard"] == shard]


def is_recorded(gateway, *shards):
    now = states(gateway)
    return all(shard in now and (now[shard]["recorded"] or 0) > 0 for shard in shards) and now


def gauge(gateway, name):
    page = gateway.get("/metrics")[2].decode()
    return next((int(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(f"{name} ")), None)


class Load:
    """Requests to a gateway, one after the other, until it ends; those that were answered are counted."""

    def __init__(self, gateway):
        self.gateway, self.answered, self.ended = gateway, 0, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.ended.is_set():
            try:
                self.answered += self.gateway.post(chat("hello"))[0] == 200
            except OSError:
                return

    def end(self):
        self.ended.set()
        self.thread.join(20)


def test_a_replica_that_is_killed_under_load_leaves_a_log_that_verifies(tmp_path, caller):
    with pair(tmp_path, caller) as (a, b):
        eventually(lambda: is_recorded(a, "a", "b"))
        loads = [Load(a), Load(a), Load(b)]
        time.sleep(2)
        # The first that came has the turn: it is the one that is killed.
        a.kill()
        for load in loads[:2]:
            load.end()
        recorded = states(b)
        # The other takes over within the length of a lease, and goes on recording.
        eventually(lambda: states(b)["b"]["recorded"] > recorded["b"]["recorded"] + 5, within=30)
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
        honest = eventually(lambda: (now := states(b)["a"])["behind"] == 0 and now, within=20)
        # Who has the key can put back yesterday's shard and go on from there: each of its heads is signed.
        shutil.rmtree(shard)
        shutil.copytree(snapshot, shard)
        short = eventually(lambda: events(b, "b", "shard.refused"), within=20)
        assert [(entry["object"], entry["rule"]) for entry in short] == [("shard:a", "shrank")]
        a.start()
        while states(b)["a"]["published"] <= honest["recorded"]:
            assert a.post(chat("another"))[0] == 200
        refused = eventually(lambda: (now := events(b, "b", "shard.refused"))[1:] and now, within=20)
        assert {entry["rule"] for entry in refused} == {"shrank", "forked"}
        assert all(entry["decision"] == "deny" and entry["before"] != entry["after"] for entry in refused)
        # It stays refused, and the other shard goes on being recorded.
        before = states(b)
        assert b.post(chat("hello"))[0] == 200
        eventually(lambda: states(b)["b"]["recorded"] > before["b"]["recorded"], within=20)
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
        refused = gateway.cordon("backup", "--to", tmp_path / "backup.age", "--recipient", "age1none")
        assert refused.returncode != 0
        gateway.configuration["log"] = {"shards": {"replica": "commands"}}
        gateway.write_configuration()
        checked = subprocess.run(
            [CORDON, "serve", "--check", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True)
        assert checked.returncode == 78 and "and not `commands`" in checked.stderr
