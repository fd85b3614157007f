"""What the gateway keeps of secrets in its memory after use, as root finds it there, and that it leaves no dump."""

import base64
import json
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from canaries import NOTE, PLANTED
from conftest import PASSPHRASE, VENDOR_CREDENTIAL, Gateway, chat, configuration, eventually, new_custodian, new_vault
from memory import occurrences
from mock_vendor import MockVendor, dripping
from paths import CORDON

# Words of the dictionaries that the binary carries are no patient's.
PHI = [value for value in PLANTED if value not in ("Thaddeus", "Wilhelmina")]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="the memory of a process that may not be dumped is root's to read")


def status(process, field):
    return re.search(rf"^{field}:\s*(.*)$", Path(f"/proc/{process}/status").read_text(), re.M)[1]


# proves: ENC-03
@needs_root
def test_no_core_is_dumped_and_no_secret_is_in_memory_after_use(own):
    with own() as (gateway, vendor):
        process = gateway.process.pid
        limits = Path(f"/proc/{process}/limits").read_text()
        assert re.search(r"^Max core file size\s+0\s+0\s", limits, re.M)
        # The passphrase is gone when the gateway is up, from its environment too.
        assert PASSPHRASE.encode() not in Path(f"/proc/{process}/environ").read_bytes()
        assert occurrences(process, [PASSPHRASE]) == {}

        # While an answer comes, the request is there: the scan finds what there is to find.
        vendor.script = dripping("The patient is well. " * 20, 0.1)
        busy = subprocess.Popen(
            ["curl", "-sN", f"{gateway.origin}/v1/chat/completions", "-H", f"authorization: Bearer {gateway.caller.key}", "-H",
             "content-type: application/json", "-d", "@-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        busy.stdin.write(json.dumps(chat(NOTE, stream=True)).encode())
        busy.stdin.close()
        assert eventually(lambda: vendor.requests)
        assert set(occurrences(process, PHI)) & {"Ottoline", "48291773", "219-09-4417"}
        busy.stdout.read()
        busy.wait()
        vendor.forget()
        for _ in range(5):
            for stream in (False, True):
                assert gateway.post(chat(NOTE, stream=stream), headers={"x-cordon-patient": "48291773"})[0] == 200

        def gone():
            """Whether the work of another request, which writes over the stacks, leaves nothing of these."""
            assert gateway.post(chat("hello"))[0] == 200
            return not occurrences(process, [*PHI, PASSPHRASE, gateway.caller.key])

        assert eventually(gone), occurrences(process, [*PHI, PASSPHRASE, gateway.caller.key])
        # What is needed all the time is there, and is the one exception.
        assert set(occurrences(process, [VENDOR_CREDENTIAL])) == {VENDOR_CREDENTIAL}


@needs_root
def test_data_keys_leave_the_memory_with_the_cache_that_held_them(own, tmp_path):
    pytest.importorskip("cryptography", reason="pip install -r Tests/Python/requirements-kms.txt")
    from fake_transit import FakeTransit

    class Recording(FakeTransit):
        """It tells every data key that the gateway was given."""

        keys = set()

        def use(self, operation, body):
            answer, value = super().use(operation, body)
            if "plaintext" in value.get("data", {}):
                self.keys.add(base64.b64decode(value["data"]["plaintext"]))
            return answer, value

    server = Recording("s.token", "clinic")
    (tmp_path / "token").write_text("s.token\n")

    def change(configuration):
        configuration["vault"] = {"provider": "transit", "cache_seconds": 2, "transit": {
            "addresses": [server.url], "namespace": "clinic", "token": {"file": str(tmp_path / "token")}}}
        (tmp_path / "cordon.yaml").write_text(json.dumps(configuration))
        subprocess.run(
            [CORDON, "vault", "init", "--config", tmp_path / "cordon.yaml", *administrators(tmp_path)], check=True, capture_output=True)
        server.keys.clear()
    try:
        with own(change) as (gateway, _):
            assert gateway.post(chat(NOTE), headers={"x-cordon-patient": "48291773"})[0] == 200
            keys = [key for key in server.keys if len(key) == 32]
            assert keys
            time.sleep(3)
            # The key that signs the log stays as long as the log is open; no other does.
            assert eventually(lambda: len(occurrences(gateway.process.pid, keys)) <= 1)
    finally:
        server.close()


def administrators(folder):
    return [part for name in ("alice", "bruno") for part in ("--administrator", new_custodian(folder, name)[1])]


@needs_root
def test_another_process_of_the_same_user_cannot_look_in_and_a_bound_on_locked_memory_is_told(caller):
    folder = Path(tempfile.mkdtemp(prefix="cordon-memory-"))
    vendor = MockVendor()
    gateway = Gateway(folder, configuration(folder, vendor.url, caller), caller)
    nobody = 65534

    def become_nobody():
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 16, 1 << 16))
        os.setgid(nobody)
        os.setuid(nobody)

    def own_everything():
        gateway.write_configuration()
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, nobody, nobody)
    try:
        new_vault(folder, gateway.data)
        own_everything()
        gateway.start(preexec_fn=become_nobody)
        process = gateway.process.pid
        assert status(process, "Uid").split() == [str(nobody)] * 4
        # What belongs to a process that may be looked into belongs to its user.
        assert os.stat(f"/proc/{process}/mem").st_uid == 0
        assert status(process, "VmLck").split()[0] == "0"
        assert b"the memory is not locked" in gateway.output and b"RLIMIT_MEMLOCK" in gateway.output
        gateway.stop()
        gateway.configuration["memory"] = {"lock": "required"}
        own_everything()
        with pytest.raises(AssertionError, match="`memory.lock` is `required`, and no more than 64 KiB may be locked"):
            gateway.start(preexec_fn=become_nobody)
    finally:
        vendor.close()
        if gateway.process and gateway.process.poll() is None:
            gateway.kill()
        shutil.rmtree(folder)


@needs_root
def test_the_pages_of_the_gateway_are_locked_where_that_is_possible(own):
    for lock, locked in (("required", True), ("none", False)):
        with own(lambda configuration: configuration.update(memory={"lock": lock})) as (gateway, _):
            assert (int(status(gateway.process.pid, "VmLck").split()[0]) > 0) == locked
            assert gateway.post(chat("hello"))[0] == 200
