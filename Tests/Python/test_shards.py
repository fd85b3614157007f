"""Several replicas on one data directory: shards, and the root log that one of them at a time keeps."""

import copy
import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from contextlib import closing, contextmanager

import pytest
from conftest import ALL_GATEWAYS, SECRETS, Gateway, chat, eventually, running
from custodians import agreed, approve, did, key_file, proposed
from paths import CORDON
from ports import free_port


def sharded(replica, **more):
    def change(configuration):
        configuration["log"] = {"shards": {"replica": replica, "record_seconds": 1, **more}}

    return change


def beside(first, replica, **more):
    """Another replica on the data directory of the first, with the same vendor."""
    folder = first.folder / f"replica-{replica}"
    folder.mkdir()
    configuration = copy.deepcopy(first.configuration)
    configuration["listen"]["port"] = free_port()
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
        self.thread.join(120)


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


def busy(gateway, count=3):
    for _ in range(count):
        assert gateway.post(chat("hello"))[0] == 200


def root_entries(gateway):
    return json.loads(verify(gateway).stdout)["root_entries"]


def root_faults(gateway, *arguments):
    found = gateway.cordon("log", "verify", "--root", "--json", *arguments)
    assert found.returncode == 1, found.stdout + found.stderr
    return [fault["fault"] for fault in json.loads(found.stdout)["faults"] if fault["shard"] is None]


def put_back(snapshot, place):
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(snapshot, place)


def refused_start(gateway, words):
    with pytest.raises(AssertionError, match=words):
        gateway.start()


def give_up(gateway, reason):
    """Two people give the root log up; what there is to see until they have."""
    whole = gateway.cordon("log", "shards", "--give-up-root")
    assert whole.returncode == 2 and "--proposal" in whole.stderr
    proposal = proposed(gateway, "give_up_root", "root-log", reason=reason)
    shown = did(gateway.cordon("vault", "proposals"))
    assert f"how        reason={reason}" in shown and "how        fault=the root log" in shown
    alone = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
    assert alone.returncode == 69 and not events(gateway, "commands", "root.given_up")[1:], alone.stderr
    same = approve(gateway, proposal, by="alice")
    assert same.returncode != 0
    did(approve(gateway, proposal))
    given = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
    assert given.returncode == 0, given.stdout + given.stderr
    assert "given up: the root log" in given.stderr
    again = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
    assert again.returncode == 69, again.stderr
    nothing = gateway.cordon(
        "vault", "propose", "give_up_root", "root-log", "--set", f"reason={reason}", "--as", key_file(gateway, "alice"))
    assert nothing.returncode == 66 and "nothing to give up" in nothing.stderr


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


def root_log(gateway):
    return json.loads(gateway.get("/readyz")[2])["root_log"]


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
