"""A full disk, a disk that fails, and a rolled back directory: nothing acknowledged is lost, and the log says so."""

import errno
import json
import shutil
import subprocess
import time

import pytest
from canaries import NOTE, contents
from conftest import chat, eventually
from paths import CORDON



@pytest.fixture
def small_disk(tmp_path):
    """A file system of 2 MiB, where the kernel lets this user mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("this user cannot mount a file system")
    yield folder
    subprocess.run(["umount", "--lazy", folder])


def fill(ballast, leaving):
    """Writes until at most so many bytes are free on the file system."""
    with open(ballast, "ab", buffering=0) as file:
        while shutil.disk_usage(ballast.parent).free > leaving:
            file.write(b"x" * 4096)


def log(data, *arguments):
    return subprocess.run([CORDON, "log", *arguments, "--data", data], capture_output=True, text=True)


def entries(data):
    return [json.loads(line) for line in log(data, "show", "--json").stdout.splitlines()]


def answered(gateway):
    """The ids of requests that were answered, until one was not."""
    ids = []
    while len(ids) < 2000:
        status, headers, _ = gateway.post(chat("hello"))
        if status != 200:
            break
        ids.append(headers["x-request-id"])
    return ids


def restarted(gateway):
    gateway.stop()
    gateway.start()
    eventually(lambda: gateway.post(chat("hello"))[0] == 200)


def test_a_full_disk_is_told_by_the_log_itself_and_no_answered_request_is_lost(own, small_disk):
    data = small_disk / "data"
    with own(lambda configuration: configuration.update(data=str(data))) as (gateway, vendor):
        ballast = small_disk / "ballast"
        fill(ballast, leaving=64 << 10)
        # The log looks once a second how much room there is.
        time.sleep(1.1)
        assert gateway.post(chat("hello"))[0] == 200
        fill(ballast, leaving=0)
        ids = answered(gateway)
        vendor.forget()
        assert gateway.post(chat(NOTE))[0] == 503
        assert vendor.received == b""
        ballast.unlink()
        restarted(gateway)
        assert log(data, "verify").returncode == 0
        found = entries(data)
        refusals = [entry for entry in found if entry["event"] == "log.refusing"]
        assert [entry["error"] for entry in refusals] == [errno.ENOSPC]
        assert sum(entry["event"] == "disk.filling" for entry in found) == 1
        closed = {entry["request"] for entry in found if entry["event"] == "request.closed"}
        assert set(ids) <= closed
        restarted(gateway)
        assert sum(entry["event"] == "log.refusing" for entry in entries(data)) == 1


def test_a_failed_synchronisation_is_never_tried_again_and_nothing_leaves(failing_sync, own):
    failing, calls = failing_sync
    with own() as (gateway, vendor):
        ids = [gateway.post(chat("hello"))[1]["x-request-id"] for _ in range(5)]
        failing.touch()
        vendor.forget()
        for _ in range(5):
            assert gateway.post(chat(NOTE))[0] == 503
        assert vendor.received == b""
        assert calls.read_bytes() == b"x"
        assert gateway.get("/readyz")[0] == 503
        failing.unlink()
        # The disk is well again, but what it holds is not known: the log stays closed until it is opened anew.
        assert gateway.post(chat(NOTE))[0] == 503
        restarted(gateway)
        assert gateway.cordon("log", "verify").returncode == 0
        found = gateway.entries()
        assert [entry["error"] for entry in found if entry["event"] == "log.refusing"] == [errno.EIO]
        assert set(ids) <= {entry["request"] for entry in found if entry["event"] == "request.closed"}


def test_a_directory_put_back_to_an_earlier_state_is_found_by_a_checkpoint_kept_elsewhere(own, tmp_path):
    with own() as (gateway, vendor):
        gateway.post(chat("hello"))
        gateway.stop()
        shutil.copytree(gateway.data, tmp_path / "earlier")
        gateway.start()
        for _ in range(3):
            gateway.post(chat("hello"))
        gateway.stop()
        kept = tmp_path / "kept"
        shutil.copy(gateway.data / "log/checkpoint", kept)
        assert gateway.cordon("log", "verify", "--against", kept).returncode == 0

        shutil.rmtree(gateway.data)
        shutil.copytree(tmp_path / "earlier", gateway.data)
        assert gateway.cordon("log", "verify").returncode == 0
        verified = gateway.cordon("log", "verify", "--against", kept)
        assert verified.returncode == 1 and "the log ends before it" in verified.stdout
        # Written on beyond the size that was signed.
        gateway.start()
        for _ in range(12):
            gateway.post(chat("hello"))
        gateway.stop()
        verified = gateway.cordon("log", "verify", "--against", kept)
        assert verified.returncode == 1 and "older checkpoint" in verified.stdout
        # As the witness's copy it keeps the gateway from starting at all.
        shutil.copy(kept, gateway.data / "log/cosigned")
        with pytest.raises(AssertionError, match="the gateway ended"):
            gateway.start()


def test_fsck_says_everything_that_is_wrong_and_changes_nothing(own, tmp_path):
    with own() as (gateway, vendor):
        for _ in range(10):
            gateway.post(chat("hello"))
        gateway.stop()
        assert gateway.cordon("log", "fsck").returncode == 0
        (gateway.data / "log/blobs/ab").mkdir(parents=True)
        (gateway.data / "log/blobs/ab/left.new").write_bytes(b"left")
        segment = next((gateway.data / "log/segments").iterdir())
        content = bytearray(segment.read_bytes())
        places = [content.index(b'"request.opened"', len(content) // 4), content.rindex(b'"request.closed"')]
        for place in places:
            content[place + 2] ^= 1
        segment.write_bytes(content)
        before = dict(contents(gateway.data))
        output = gateway.cordon("log", "fsck")
        assert output.returncode == 1
        assert output.stdout.count("are no records") == 2 and "blobs/ab/left.new" in output.stdout
        assert dict(contents(gateway.data)) == before
        # What the rest of the fixture's checks want to read.
        for place in places:
            content[place + 2] ^= 1
        segment.write_bytes(content)
