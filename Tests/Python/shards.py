"""Replicas on one data directory, and what can be seen of their shards and of the root log."""

import copy
import json
import shutil
import threading
from contextlib import contextmanager

import pytest
from conftest import ALL_GATEWAYS, Gateway, chat, running
from custodians import approve, did, key_file, proposed
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


def root_log(gateway):
    return json.loads(gateway.get("/readyz")[2])["root_log"]
