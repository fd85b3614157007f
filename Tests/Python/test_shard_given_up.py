"""A shard, or the root log, that is lost, older than it was recorded, or damaged: two people give it up."""

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import chat, eventually, running
from custodians import agreed, did, give_up, key_file, take_in
from kills import cordon_on, killer
from paths import CORDON
from shards import busy, events, put_back, refused_start, sharded, states, verify


def stopped_and_resumed(gateway, shard):
    """Two events of the vault in a shard: the vault knows where it stood then."""
    before = len(events(gateway, shard, "traffic.resumed"))
    did(gateway.cordon("kill", "gpt-4o-mini", "--by", "alice", "--reason", "INC-0"))
    did(gateway.cordon("kill", "gpt-4o-mini", "--by", "alice", "--lift"))
    eventually(lambda: len(events(gateway, shard, "traffic.resumed")) > before)


def changed(folder):
    """Changes one byte in the middle of the first segment of a log."""
    segment = min((folder / "log" / "segments").glob("*.seg"))
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)


def spoiled(gateway, replica, state, tmp_path):
    """A shard of a gateway that is stopped, which is not what it was."""
    shard, early = gateway.data / "shards" / replica, tmp_path / "early"
    if replica == "a":
        busy(gateway)
        gateway.stop()
    else:
        gateway.stop()
        stopped_and_resumed(gateway, replica)
    shutil.copytree(shard, early)
    if replica == "a":
        gateway.start()
        stopped_and_resumed(gateway, replica)
        eventually(lambda: gateway.post(chat("hello"))[0] == 200)
        gateway.stop()
    else:
        stopped_and_resumed(gateway, replica)
    recorded = states(gateway)[replica]["recorded"]
    match state:
        case "older":
            put_back(early, shard)
        case "lost":
            shutil.rmtree(shard)
        case "damaged":
            changed(shard)
    return recorded


def root_says(gateway):
    """What the root log says of shards that were given up."""
    shown = did(cordon_on(gateway.data / "root", "log", "show", "--json"))
    return [entry for entry in map(json.loads, shown.splitlines()) if entry["event"] == "shard.given_up"]


def test_two_people_give_up_a_shard_that_is_older_than_it_was_recorded(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        gateway.stop()
        whole = gateway.cordon(
            "vault", "propose", "give_up_root", "shards/a", "--set", "reason=x", "--as", key_file(gateway, "alice"))
        assert whole.returncode == 66, whole.stderr
        gateway.start()
        recorded = spoiled(gateway, "a", "older", tmp_path)
        found = states(gateway)["a"]["published"]
        assert found < recorded
        refused_start(gateway, "cannot be opened")
        assert verify(gateway).returncode == 1
        (tmp_path / "words").write_text("correct horse battery staple")
        backup = ("backup", "--to", tmp_path / "x.age", "--passphrase-file", tmp_path / "words")
        refused = gateway.cordon("log", "interactions")
        assert refused.returncode == 65 and "give_up_root shards/a" in refused.stderr, refused.stderr
        proposal = give_up(gateway, "shards/a", "INC-1", "recorded=", "found=")
        said, = root_says(gateway)
        assert (said["server"], said["object"], said["approval"]) == ("a", f"{recorded}:{found}:1", proposal)
        assert said["justification"] == "INC-1" and len(said["people"]) == 2 and said["before"] != said["after"]
        own, = events(gateway, "a", "root.given_up")
        assert own["approval"] == proposal and own["object"].endswith(":1")
        told, = events(gateway, "commands", "root.given_up")
        assert told["object"] == "shards/a:1" and told["approval"] == proposal

        gateway.start()
        busy(gateway, 1)
        gateway.stop()
        checked = json.loads(did(verify(gateway)))
        shard, = [shard for shard in checked["shards"] if shard["replica"] == "a"]
        assert checked["whole"] and shard["entries"] == shard["recorded"] > found
        lost, = shard["given_up"]
        assert (lost["recorded"], lost["found"], lost["proposal"]) == (recorded, found, proposal)
        words = f"given up   shard a: {recorded} entries were recorded when two people gave it up, and {found} entries were found"
        assert words in did(gateway.cordon("log", "verify", "--root"))
        assert words in did(gateway.cordon("log", "shards"))
        read = gateway.cordon("log", "interactions")
        assert read.returncode == 0 and f"note: shard a: {recorded} entries" in read.stderr
        did(gateway.cordon(*backup))
        restored = did(gateway.cordon(
            "restore", tmp_path / "x.age", "--into", tmp_path / "restored", "--passphrase-file", tmp_path / "words"))
        assert words in restored

        # What was recorded since holds: the older one is not what it was once more.
        late = tmp_path / "late"
        shutil.copytree(gateway.data / "shards" / "a", late)
        put_back(tmp_path / "early", gateway.data / "shards" / "a")
        assert verify(gateway).returncode == 1
        refused_start(gateway, "cannot be opened")
        put_back(late, gateway.data / "shards" / "a")
        assert verify(gateway).returncode == 0


@pytest.mark.parametrize("replica, state", [("a", "lost"), ("a", "damaged"), ("commands", "older"), ("commands", "damaged")])
def test_a_shard_goes_on_when_it_was_given_up(tmp_path, caller, replica, state):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        recorded = spoiled(gateway, replica, state, tmp_path)
        assert verify(gateway).returncode == 1
        proposal = give_up(gateway, f"shards/{replica}", "INC-2", "recorded=", "found=")
        asides = [path.name for path in (gateway.data / "shards" / replica).glob("log.given-up-*")]
        assert asides == ([f"log.given-up-{proposal}"] if state == "damaged" else [])
        gateway.start()
        busy(gateway, 1)
        gateway.stop()
        did(gateway.cordon("kill", "gpt-4o-mini", "--by", "alice", "--reason", "INC-3"))
        checked = json.loads(did(verify(gateway)))
        assert [
            lost["recorded"] for shard in checked["shards"] if shard["replica"] == replica for lost in shard["given_up"]
        ] == [recorded]
        # What was proposed and approved meanwhile is in the log.
        assert events(gateway, "commands", "proposal.made") and events(gateway, "commands", "proposal.approved")
        assert gateway.cordon("log", "interactions").returncode == 0
        # What is put aside comes along with backups.
        (tmp_path / "words").write_text("correct horse battery staple")
        did(gateway.cordon("backup", "--to", tmp_path / "x.age", "--passphrase-file", tmp_path / "words"))
        did(gateway.cordon(
            "restore", tmp_path / "x.age", "--into", tmp_path / "restored", "--passphrase-file", tmp_path / "words"))
        for name in asides:
            for folder in (gateway.data, tmp_path / "restored"):
                assert list((folder / "shards" / replica / name / "segments").glob("*.seg"))


@pytest.mark.parametrize("state", ["older", "lost", "damaged"])
def test_a_backup_has_a_shard_that_nothing_proves_and_says_so(tmp_path, caller, state):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        spoiled(gateway, "a", state, tmp_path)
        (tmp_path / "words").write_text("correct horse battery staple")
        backed = gateway.cordon("backup", "--to", tmp_path / "x.age", "--passphrase-file", tmp_path / "words")
        # One bad byte in the middle of a shard is seen by who reads every byte: the restore.
        assert backed.returncode == (0 if state == "damaged" else 1), backed.stderr
        assert ("UNPROVED   `shards/a`: " in backed.stdout) == (state != "damaged")
        made, = events(gateway, "commands", "backup.made")
        assert made.get("justification") == (None if state == "damaged" else "not proved: shards/a")

        def restore(name, *arguments):
            return gateway.cordon(
                "restore", tmp_path / "x.age", "--into", tmp_path / name, "--passphrase-file", tmp_path / "words", *arguments)

        refused = restore("refused")
        assert refused.returncode == 65 and not (tmp_path / "refused").exists(), refused.stderr
        assert state == "damaged" or "--accept-shard a" in refused.stderr, refused.stderr
        other = restore("other", "--accept-shard", "commands")
        assert other.returncode == 65 and not (tmp_path / "other").exists(), other.stderr
        taken = restore("taken", "--accept-shard", "a")
        assert taken.returncode == 0, taken.stderr
        assert "UNPROVED   shards/a: " in taken.stdout and "taken, but for what UNPROVED names" in taken.stdout
        source, target = (folder / "shards" / "a" / "log" / "segments" for folder in (gateway.data, tmp_path / "taken"))
        assert sorted(path.name for path in source.glob("*")) == sorted(path.name for path in target.glob("*"))
        assert all((target / path.name).read_bytes() == path.read_bytes() for path in source.glob("*.seg"))
        # It stays what it is: whoever looks is told again, until it is given up.
        found = subprocess.run(
            [CORDON, "log", "verify", "--root", "--json", "--data", tmp_path / "taken"], capture_output=True, text=True)
        assert found.returncode == 1
        assert {fault["shard"] for fault in json.loads(found.stdout)["faults"]} == {"a"}


def test_a_shard_that_somebody_put_back_is_not_the_one_that_two_people_agreed_to(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        spoiled(gateway, "a", "older", tmp_path)
        proposal = agreed(gateway, "give_up_root", "shards/a", reason="INC-4")
        shutil.rmtree(gateway.data / "shards" / "a")
        taken = gateway.cordon("vault", "carry-out", proposal)
        assert taken.returncode == 65 and "not the one that two people agreed" in taken.stderr, taken.stderr
        assert root_says(gateway) == []
        # A root log that is not what it was has nothing to say about shards.
        put_back(tmp_path / "early", gateway.data / "shards" / "a")
        shutil.rmtree(gateway.data / "root")
        taken = gateway.cordon("vault", "carry-out", proposal)
        assert taken.returncode == 65 and "root log is gone" in taken.stderr, taken.stderr
        assert not (gateway.data / "root" / "log").exists()


def test_reports_say_that_a_shard_was_given_up(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        take_in(gateway, "petra", "auditor")
        for _ in range(2):
            assert gateway.post(chat("hello"), headers={"x-cordon-patient": "Patient/1"})[0] == 200
        gateway.stop()
        (tmp_path / "who").write_text("Patient/1\n")
        command = ("subject", "report", "--as", key_file(gateway, "petra"), "--from", tmp_path / "who", "--json")

        def lines(report):
            return [json.loads(line) for line in did(report).splitlines()]

        assert [line["shard"] for line in lines(gateway.cordon(*command)) if line["entry"]["event"].startswith("request.")] == ["a"] * 4
        changed(gateway.data / "shards" / "a")
        proposal = give_up(gateway, "shards/a", "INC-9", "recorded=", "found=")
        report = gateway.cordon(*command)
        said, *accesses = lines(report)
        assert [line for line in accesses if line["shard"] == "a"] == []
        lost, = said["given_up"]
        assert (lost["shard"], lost["found"], lost["proposal"]) == ("a", 0, proposal) and lost["known"] >= lost["recorded"] > 0
        assert "note: shard a: " in report.stderr
        key = next((gateway.data / "root" / "keys").glob("*.vkey")).read_text().strip()
        for arguments in [(), ("--key", key)]:
            shown = gateway.cordon("log", "interactions", "--json", *arguments)
            assert json.loads(did(shown))["given_up"] == [lost] and "note: shard a: " in shown.stderr


def test_an_agreement_about_a_shard_gives_up_no_root_log(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        gateway.stop()
        shutil.copytree(gateway.data / "shards" / "a", tmp_path / "whole")
        changed(gateway.data / "shards" / "a")
        proposal = agreed(gateway, "give_up_root", "shards/a", reason="INC-7")
        put_back(tmp_path / "whole", gateway.data / "shards" / "a")
        changed(gateway.data / "root")
        taken = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
        assert taken.returncode == 65 and "not the one that two people agreed" in taken.stderr, taken.stderr
        assert list((gateway.data / "root").glob("log.given-up-*")) == []


def test_who_gives_the_root_log_up_is_told_which_shards_are_not_what_it_said(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        root, shard = gateway.data / "root", gateway.data / "shards" / "a"
        busy(gateway)
        gateway.stop()
        shutil.copytree(shard, tmp_path / "earliest")
        gateway.start()
        busy(gateway)
        gateway.stop()
        shutil.copytree(shard, tmp_path / "early")
        gateway.start()
        for _ in range(2):
            recorded = states(gateway)["a"]["recorded"]
            busy(gateway, 1)
            eventually(lambda: states(gateway)["a"]["recorded"] > recorded)
        gateway.stop()
        # What is damaged is its last batch: what it says before that can be read.
        segment = max((root / "log" / "segments").glob("*.seg"))
        content = bytearray(segment.read_bytes())
        content[-1] ^= 1
        segment.write_bytes(content)
        proposal = agreed(gateway, "give_up_root", "root-log", reason="INC-10")
        assert "how        shard a=" not in did(gateway.cordon("vault", "proposals"))
        put_back(tmp_path / "early", shard)
        taken = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
        assert taken.returncode == 65 and "not the one that two people agreed" in taken.stderr, taken.stderr
        assert list(root.glob("log.given-up-*")) == []
        proposal = agreed(gateway, "give_up_root", "root-log", reason="INC-11")
        shown = did(gateway.cordon("vault", "proposals"))
        assert "how        shard a=`shards/a`: " in shown and "how        found shard a=" in shown
        # Two people saw that it is wrong: not that it is wrong as it is then.
        put_back(tmp_path / "earliest", shard)
        taken = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
        assert taken.returncode == 65 and "not the one that two people agreed" in taken.stderr, taken.stderr
        assert list(root.glob("log.given-up-*")) == []
        put_back(tmp_path / "early", shard)
        taken = gateway.cordon("log", "shards", "--give-up-root", "--proposal", proposal)
        assert "with it goes what it said of a shard that is not what it was: `shards/a`" in taken.stderr, taken.stderr
        assert len(list(root.glob(f"log.given-up-{proposal}"))) == 1


def test_a_replica_does_not_start_while_its_giving_up_is_broken_off(tmp_path, caller):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        shard = gateway.data / "shards" / "a"
        busy(gateway)
        gateway.stop()
        shutil.copytree(shard, tmp_path / "early")
        gateway.start()
        busy(gateway)
        gateway.stop()
        put_back(tmp_path / "early", shard)
        proposal = agreed(gateway, "give_up_root", "shards/a", reason="INC-8")
        shutil.copytree(gateway.data, tmp_path / "before")
        did(gateway.cordon("vault", "carry-out", proposal))
        # As it is when the process ends once the shard has said so, and before anything else does.
        shutil.copytree(shard, tmp_path / "said")
        put_back(tmp_path / "before", gateway.data)
        put_back(tmp_path / "said", shard)
        refused_start(gateway, f"cordon vault carry-out {proposal}")
        did(gateway.cordon("vault", "carry-out", proposal))
        gateway.start()
        busy(gateway, 1)
        gateway.stop()
        assert verify(gateway).returncode == 0


# Each waits for the turn of the one that was killed: so many of the steps are tried.
SAMPLES = 8


def killed_at_steps(data, tmp_path, command, check):
    """Carries out on copies of a data directory, kills it at steps from the first to the last, and carries out again."""
    killed_at = killer(tmp_path)

    def begun(name):
        return Path(shutil.copytree(data, tmp_path / name))

    steps, ended = killed_at(begun("whole"), 0, *command)
    assert ended.returncode == 0 and steps > SAMPLES, ended.stderr

    def killed(step):
        data = begun(f"killed-{step}")
        made, ended = killed_at(data, step, *command)
        # How often the tiles are published meanwhile is by the clock: another time the steps can be fewer.
        assert ended.returncode == -9 or made < step and ended.returncode == 0, (step, made, ended.stderr)
        again = cordon_on(data, *command)
        # What was done before it was killed is not done twice.
        assert again.returncode == 0 or "already done" in again.stderr, (step, again.stderr)
        recorded = cordon_on(data, "log", "shards", "--record")
        assert recorded.returncode == 0, (step, recorded.stdout, recorded.stderr)
        verified = cordon_on(data, "log", "verify", "--root", "--json")
        assert verified.returncode == 0, (step, verified.stdout, verified.stderr)
        read = cordon_on(data, "log", "interactions")
        assert read.returncode == 0, (step, read.stderr)
        check(step, data, json.loads(verified.stdout))
        shutil.rmtree(data)
        return ended.returncode == -9

    with ThreadPoolExecutor(4) as pool:
        tried = sorted({1 + (steps - 1) * number // (SAMPLES - 1) for number in range(SAMPLES)})
        assert sum(pool.map(killed, tried)) >= len(tried) // 2


@pytest.mark.parametrize("state", ["older", "damaged"])
def test_a_giving_up_of_a_shard_that_is_killed_goes_on(tmp_path, caller, state):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        recorded = spoiled(gateway, "a", state, tmp_path)
        proposal = agreed(gateway, "give_up_root", "shards/a", reason="INC-5")

        def check(step, data, checked):
            shard, = [shard for shard in checked["shards"] if shard["replica"] == "a"]
            lost, = shard["given_up"]
            assert (lost["recorded"], lost["proposal"]) == (recorded, proposal), step
            asides = [path.name for path in (data / "shards" / "a").glob("log.given-up-*")]
            assert asides == ([f"log.given-up-{proposal}"] if state == "damaged" else []), step

        killed_at_steps(gateway.data, tmp_path, ("vault", "carry-out", proposal), check)


@pytest.mark.parametrize("state", ["lost", "damaged"])
def test_a_giving_up_of_the_root_log_that_is_killed_goes_on(tmp_path, caller, state):
    with running(tmp_path, caller, sharded("a")) as (gateway, _):
        busy(gateway)
        gateway.stop()
        if state == "lost":
            shutil.rmtree(gateway.data / "root")
        else:
            changed(gateway.data / "root")
        proposal = agreed(gateway, "give_up_root", "root-log", reason="INC-6")

        def check(step, data, checked):
            assert checked["epoch"] >= 1, step
            asides = [path.name for path in (data / "root").glob("log.given-up-*")]
            assert asides == ([f"log.given-up-{proposal}"] if state == "damaged" else []), step

        killed_at_steps(gateway.data, tmp_path, ("log", "shards", "--give-up-root", "--proposal", proposal), check)
