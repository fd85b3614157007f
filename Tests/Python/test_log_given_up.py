"""The log of a single gateway that is lost, older than the vault says, or damaged: two people give it up."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import chat
from custodians import agreed, approve, did, give_up, key_file, proposed
from kills import cordon_on, killer


def refused_start(gateway, words):
    with pytest.raises(AssertionError, match=words):
        gateway.start()


def goes_on(gateway, reason, epoch):
    """The gateway serves, and its log says who gave the one before it up, and why."""
    gateway.start()
    assert gateway.post(chat("hello"))[0] == 200
    gateway.stop()
    assert gateway.cordon("log", "verify").returncode == 0
    own, told = [entry for entry in gateway.entries() if entry["event"] == "root.given_up"][-2:]
    assert own["object"].endswith(f":{epoch}") and told["object"] == f"log:{epoch}"
    assert own["justification"] == told["justification"] == reason
    assert len(own["people"]) == len(told["people"]) == 2 and own["approval"] == told["approval"]
    events = [entry["event"] for entry in gateway.entries()]
    assert "proposal.made" in events and "proposal.approved" in events
    assert gateway.cordon("log", "interactions").returncode == 0


def test_two_people_give_up_a_log_that_is_lost_older_or_damaged(own):
    with own() as (gateway, _):
        log, keys = gateway.data / "log", gateway.data / "keys"
        early = gateway.folder / "early"
        assert gateway.post(chat("hello"))[0] == 200
        gateway.stop()
        shutil.copytree(log, early)
        gateway.start()
        assert gateway.post(chat("hello"))[0] == 200
        gateway.stop()
        nothing = gateway.cordon(
            "vault", "propose", "give_up_root", "log", "--set", "reason=x", "--as", key_file(gateway, "alice"))
        assert nothing.returncode == 66, nothing.stderr

        # An earlier state was put back: it is taken, with everything that it has.
        shutil.rmtree(log)
        shutil.copytree(early, log)
        refused_start(gateway, "cannot be opened")
        before = gateway.entries()
        found = (log / "checkpoint").read_text().splitlines()[1]
        proposal = proposed(gateway, "give_up_root", "log", reason="INC-0")
        assert f"found={found}:" in did(gateway.cordon("vault", "proposals"))
        did(approve(gateway, proposal))
        did(gateway.cordon("vault", "carry-out", proposal))
        assert gateway.entries()[:len(before)] == before
        goes_on(gateway, "INC-0", 1)

        # Nothing is left of it.
        shutil.rmtree(log)
        (keys / "log.begun").unlink()
        refused_start(gateway, "cannot be opened")
        give_up(gateway, "log", "INC-1", "found=0")
        goes_on(gateway, "INC-1", 2)

        # One byte of it is not what was written: it is put aside, and nothing of it is changed.
        segment = next((log / "segments").glob("*.seg"))
        content = bytearray(segment.read_bytes())
        content[len(content) // 2] ^= 1
        segment.write_bytes(content)
        assert gateway.cordon("log", "interactions").returncode == 65
        proposal = give_up(gateway, "log", "INC-2", "found=damaged")
        aside = gateway.data / f"log.given-up-{proposal}" / "segments" / segment.name
        assert aside.read_bytes() == bytes(content)
        assert (keys / f"log.vkey.given-up-{proposal}").exists()
        goes_on(gateway, "INC-2", 3)

        # While it is whole, or while somebody writes it, nobody takes it.
        gateway.start()
        refused = gateway.cordon(
            "vault", "propose", "give_up_root", "log", "--set", "reason=x", "--as", key_file(gateway, "alice"))
        assert refused.returncode != 0
        gateway.stop()
        assert json.loads(did(gateway.cordon("log", "verify", "--json")))["whole"]


def test_a_log_that_somebody_put_back_is_not_the_one_that_two_people_agreed_to(own):
    with own() as (gateway, _):
        log, early = gateway.data / "log", gateway.folder / "early"
        assert gateway.post(chat("hello"))[0] == 200
        gateway.stop()
        shutil.copytree(log, early)
        gateway.start()
        assert gateway.post(chat("hello"))[0] == 200
        gateway.stop()
        shutil.rmtree(log)
        shutil.copytree(early, log)
        proposal = agreed(gateway, "give_up_root", "log", reason="INC-3")
        shutil.rmtree(log)
        (gateway.data / "keys" / "log.begun").unlink()
        taken = gateway.cordon("vault", "carry-out", proposal)
        assert taken.returncode == 65 and "not the one that two people agreed" in taken.stderr, taken.stderr
        assert not log.exists()


def snapshot(gateway):
    """The log of a gateway as a copy of its files under load has it: entries behind the checkpoint, and half a batch."""
    log, image = gateway.data / "log", gateway.folder / "image"
    assert gateway.post(chat("hello"))[0] == 200
    gateway.stop()
    checkpoint = (log / "checkpoint").read_bytes()
    gateway.start()
    for _ in range(3):
        assert gateway.post(chat("hello"))[0] == 200
    gateway.kill()
    shutil.copytree(log, image)
    (image / "checkpoint").write_bytes(checkpoint)
    last = max((image / "segments").glob("*.seg"))
    with open(last, "ab") as file:
        file.write(last.read_bytes()[-90:-30])
    gateway.start()
    assert gateway.post(chat("hello"))[0] == 200
    gateway.stop()
    shutil.rmtree(log)
    shutil.move(image, log)
    return int(checkpoint.split(b"\n")[1])


def test_a_log_that_was_copied_while_it_was_written_is_given_up(own):
    with own() as (gateway, _):
        published = snapshot(gateway)
        before = gateway.entries()
        assert len(before) > published
        refused_start(gateway, "cannot be opened")
        proposal = agreed(gateway, "give_up_root", "log", reason="INC-4")
        assert f"found={len(before)}:" in did(gateway.cordon("vault", "proposals"))
        did(gateway.cordon("vault", "carry-out", proposal))
        entries = gateway.entries()
        assert entries[:len(before)] == before
        assert [entry["event"] for entry in entries[len(before):]][:2] == ["log.recovered", "root.given_up"]
        goes_on(gateway, "INC-4", 1)


# How many changes of files a carrying out makes at least.
SURE_STEPS = 20


@pytest.mark.parametrize("state", ["copied", "damaged", "lost"])
def test_a_carrying_out_that_is_killed_at_any_step_goes_on(own, tmp_path, state):
    killed_at = killer(tmp_path)
    with own() as (gateway, _):
        snapshot(gateway)
        log = gateway.data / "log"
        if state == "damaged":
            segment = next((log / "segments").glob("*.seg"))
            content = bytearray(segment.read_bytes())
            content[len(content) // 2] ^= 1
            segment.write_bytes(content)
        if state == "lost":
            shutil.rmtree(log)
            (gateway.data / "keys" / "log.begun").unlink()
        proposal = agreed(gateway, "give_up_root", "log", reason="INC-5")
        carry_out = ("vault", "carry-out", proposal)

        def begun(name):
            return Path(shutil.copytree(gateway.data, tmp_path / name))

        steps, ended = killed_at(begun("whole"), 0, *carry_out)
        assert ended.returncode == 0 and steps > SURE_STEPS, ended.stderr

        def killed(step):
            data = begun(f"killed-{step}")
            _, ended = killed_at(data, step, *carry_out)
            # How often the tiles are published meanwhile is by the clock: another time the last steps can be fewer.
            if step > SURE_STEPS and ended.returncode == 0:
                return
            assert ended.returncode == -9, (step, ended.stderr)
            again = cordon_on(data, *carry_out)
            # What was done before it was killed is not done twice.
            assert again.returncode == 0 or "already done" in again.stderr, (step, again.stderr)
            verified = cordon_on(data, "log", "verify")
            assert verified.returncode == 0, (step, verified.stderr)
            read = cordon_on(data, "log", "interactions")
            assert read.returncode == 0, (step, read.stderr)
            shown = [json.loads(line) for line in did(cordon_on(data, "log", "show", "--json")).splitlines()]
            own = [entry for entry in shown if entry["event"] == "root.given_up" and entry["object"] != "log:1"]
            assert own and all(entry["approval"] == proposal for entry in own), step
            asides = [path.name for path in data.glob("log.given-up-*")]
            assert state == "lost" or asides == ([f"log.given-up-{proposal}"] if state == "damaged" else []), step
            shutil.rmtree(data)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(killed, range(1, steps + 1)):
                pass
