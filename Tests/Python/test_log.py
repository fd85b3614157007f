"""The log has what happened, survives a kill, and when it cannot be written nothing leaves."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import threading
import time

import mock_vendor
import pytest
from canaries import NOTE, found
from conftest import chat, eventually, running
from paths import CORDON

BOTH = ["request.opened", "request.closed"]


def requests_of(entries):
    """The openings and closings of each request."""
    found = {}
    for entry in entries:
        found.setdefault(entry.get("request"), []).append(entry["event"])
    return found


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_has_an_opening_and_a_closing_entry_without_its_text(gateway, vendor, stream):
    before = len(gateway.entries())
    _, headers, _ = gateway.post(chat(NOTE, stream=stream))
    entries = [entry for entry in gateway.entries(before) if entry.get("request") == headers["x-request-id"]]
    assert [entry["event"] for entry in entries] == BOTH
    text = json.dumps(entries)
    for part in ("dr-lee", "summarize", "TREAT", "mock", "gpt-4o-mini", "BAA-1"):
        assert part in text
    assert found(text.encode()) == []


def test_the_opening_entry_is_there_when_the_vendor_gets_the_request(gateway, vendor):
    seen = []

    def script(request, reply):
        seen.append(requests_of(gateway.entries()))
        mock_vendor.echo(request, reply)

    vendor.script = script
    _, headers, _ = gateway.post(chat("hello"))
    assert seen[0][headers["x-request-id"]] == ["request.opened"]


def test_the_log_verifies_while_the_gateway_runs(gateway, vendor):
    gateway.post(chat("hello"))
    assert gateway.cordon("log", "verify").returncode == 0


def test_after_kill_9_under_load_every_answer_that_a_client_received_is_in_the_log(own):
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    rounds = random.Random(seed)
    with own() as (gateway, vendor):
        received, lock = [], threading.Lock()
        for round in range(3):
            stopping = threading.Event()

            def load(stream):
                while not stopping.is_set():
                    try:
                        status, headers, body = gateway.post(chat(NOTE, stream=stream))
                    except Exception:
                        continue
                    if status == 200 and (not stream or body.endswith(b"data: [DONE]\n\n")):
                        with lock:
                            received.append(headers["x-request-id"])

            threads = [threading.Thread(target=load, args=(index % 2 == 0,)) for index in range(8)]
            for thread in threads:
                thread.start()
            enough = len(received) + 20
            eventually(lambda: len(received) >= enough)
            time.sleep(rounds.random())
            gateway.kill()
            stopping.set()
            for thread in threads:
                thread.join()
            gateway.start()
            verified = gateway.cordon("log", "verify")
            assert verified.returncode == 0, verified.stdout + verified.stderr
        logged = requests_of(gateway.entries())
        assert len(received) > 50
        assert {id: logged.get(id) for id in received} == dict.fromkeys(received, BOTH)
        assert gateway.post(chat("hello"))[0] == 200


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MiB, where the kernel lets this user mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("this user cannot mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder])


# proves: AUD-21
def test_when_the_disk_of_the_log_is_full_nothing_leaves_and_afterwards_it_goes_on_without_a_gap(own, small_disk):
    with own(lambda configuration: configuration.update(data=str(small_disk / "data"))) as (gateway, vendor):
        gateway_data = small_disk / "data"
        assert gateway.post(chat("hello"))[0] == 200
        ballast = small_disk / "ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        answered = 0
        while answered < 500 and gateway.post(chat("hello"))[0] == 200:  # what was reserved before may be used up
            answered += 1
        vendor.forget()
        for stream in (False, True):
            status, headers, body = gateway.post(chat(NOTE, stream=stream))
            assert (status, json.loads(body)["error"]["code"]) == (503, "log_unavailable")
        assert vendor.requests == [] and vendor.received == b""
        assert gateway.get("/readyz")[0] == 503
        ballast.unlink()

        def recovered():
            return gateway.post(chat("hello"))[0] == 200

        try:
            eventually(recovered, within=5)
        except AssertionError:  # a restart is a recovery too
            gateway.stop()
            gateway.start()
            eventually(recovered)
        verified = subprocess.run([CORDON, "log", "verify", "--data", gateway_data], capture_output=True, text=True)
        assert verified.returncode == 0, verified.stdout + verified.stderr


def test_when_files_may_not_grow_nothing_leaves(tmp_path, caller):
    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))

    with running(tmp_path, caller) as (gateway, vendor):
        gateway.stop()
        shutil.rmtree(gateway.data)
        os.truncate(gateway.folder / "output", 0)
        gateway.start(preexec_fn=limited)
        statuses = []
        while len(statuses) < 3000 and (not statuses or statuses[-1] == 200):
            statuses.append(gateway.post(chat("hello"))[0])
        assert statuses[-1] == 503
        vendor.forget()
        assert gateway.post(chat(NOTE))[0] == 503
        assert vendor.received == b""
