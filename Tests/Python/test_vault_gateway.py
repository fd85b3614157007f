"""Keys that are locked, lost, rotated or refused while requests run: nothing is sent that cannot be recorded."""

import json
import os
import subprocess
import threading
import time

import pytest
from canaries import NOTE, found
from conftest import PASSPHRASE, SECRETS, chat, eventually
from custodians import agreed, approve, carry_out, did, key_file, proposed
from mock_vendor import echo
from paths import CORDON
from test_vendors import patient


def code(body):
    return json.loads(body)["error"]["code"]


def events_of(gateway, *names):
    return [entry for entry in gateway.entries() if entry["event"] in names]


def test_the_kill_switch_ends_running_streams_and_two_people_turn_it_off(own):
    with own(patient) as (gateway, vendor):
        released = threading.Event()

        def slowly(request, reply):
            from mock_vendor import events

            first, *rest = events(["The ", "answer ", "is ", "here."])
            reply.begin_stream()
            reply.chunk(first)
            released.wait(120)
            reply.chunk(*rest)
            reply.end_stream()

        vendor.script = slowly
        answers = []
        asking = [threading.Thread(target=lambda: answers.append(gateway.post(chat(NOTE, stream=True)))) for _ in range(3)]
        for thread in asking:
            thread.start()
        eventually(lambda: len(vendor.requests) == 3)
        did(gateway.cordon("vault", "lock", "--by", "oncall"))
        released.set()
        for thread in asking:
            thread.join(60)
        assert len(answers) == 3
        for status, _, body in answers:
            assert status == 200 and b"[DONE]" not in body and b'"error"' in body
        assert [entry["outcome"] for entry in events_of(gateway, "request.closed")] == ["withheld"] * 3

        vendor.forget()
        for stream in (False, True):
            status, headers, body = gateway.post(chat(NOTE, stream=stream))
            assert (status, code(body)) == (503, "keys_unavailable")
        assert vendor.received == b""
        assert [entry["rule"] for entry in events_of(gateway, "request.refused")] == ["keys_unavailable"] * 2
        status, _, body = gateway.get("/readyz")
        assert status == 503 and b"locked" in body
        assert gateway.get("/healthz")[0] == 200

        # One person does not turn it off, nor twice the same one.
        proposal = proposed(gateway, "unlock", "vault")
        assert gateway.cordon("vault", "unlock", "--proposal", proposal).returncode != 0
        assert approve(gateway, proposal, by="alice").returncode != 0
        assert gateway.post(chat(NOTE))[0] == 503
        did(approve(gateway, proposal))
        did(gateway.cordon("vault", "unlock", "--proposal", proposal))
        vendor.script = echo
        assert eventually(lambda: gateway.post(chat("hello"))[0] == 200)
        assert gateway.get("/readyz")[0] == 200
        names = eventually(lambda: [
            entry["event"] for entry in events_of(gateway, "vault.locked", "vault.unlocked")][1:] and [
            entry["event"] for entry in events_of(gateway, "vault.locked", "vault.unlocked")])
        assert (names[0], names[-1]) == ("vault.locked", "vault.unlocked")
        assert did(gateway.cordon("log", "verify"))


def test_a_gateway_whose_vault_is_locked_does_not_start_to_send(own):
    with own() as (gateway, vendor):
        gateway.stop()
        did(gateway.cordon("vault", "lock"))
        try:
            gateway.start()
        except AssertionError:
            assert b"locked" in gateway.output
        else:
            assert gateway.post(chat(NOTE))[0] == 503
        assert vendor.received == b""
        carry_out(gateway, "unlock", "vault")
        if gateway.process.poll() is not None:
            gateway.start()
        assert eventually(lambda: gateway.post(chat("hello"))[0] == 200)


def serve(gateway, environment):
    plain = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return subprocess.run(
        [CORDON, "serve", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True, timeout=120,
        env={**plain, "VENDOR_KEY": SECRETS["VENDOR_KEY"], **environment})


@pytest.mark.parametrize("environment, said", [
    ({"CORDON_VAULT_PASSPHRASE": "not-the-passphrase-at-all"}, "passphrase"), ({}, "passphrase"),
], ids=["wrong", "none"])
def test_a_wrong_passphrase_is_one_clear_error(own, environment, said):
    with own() as (gateway, _):
        gateway.stop()
        result = serve(gateway, environment)
        assert result.returncode != 0 and result.stdout == ""
        errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
        assert len(errors) == 1 and said in errors[0], result.stderr
        assert "not-the-passphrase-at-all" not in result.stderr and PASSPHRASE not in result.stderr


def test_without_a_vault_the_error_says_how_to_make_one(own):
    with own() as (gateway, _):
        gateway.stop()
        (gateway.data / "vault").rename(gateway.folder / "moved")
        result = serve(gateway, SECRETS)
        assert result.returncode != 0 and "cordon vault init" in result.stderr
        (gateway.folder / "moved").rename(gateway.data / "vault")


def test_a_rotation_under_load_fails_no_request_and_what_is_old_stays_readable(own):
    with own() as (gateway, vendor):
        stopping, statuses, asked, lock = threading.Event(), [], {}, threading.Lock()

        def load(worker):
            count = 0
            while not stopping.is_set():
                status = gateway.post(chat("hello"), headers={"x-cordon-patient": f"P-{worker}-{count % 20}", "x-cordon-user": f"u{worker}"})[0]
                count += 1
                with lock:
                    statuses.append(status)
                    asked[worker] = count

        threads = [threading.Thread(target=load, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        try:
            # Each of them has asked for each of its people.
            eventually(lambda: len(asked) == 4 and min(asked.values()) > 20)
            for version in (2, 3):
                before = len(statuses)
                output = did(gateway.cordon("vault", "rotate", "--proposal", agreed(gateway, "rotate_tenant", "tenant")))
                assert "wrapped anew" in output
                eventually(lambda: len(statuses) > before + 50)
        finally:
            stopping.set()
            for thread in threads:
                thread.join()
        assert set(statuses) == {200}
        did(gateway.cordon("vault", "rotate"))
        status = did(gateway.cordon("vault", "status"))
        keys = [line.split()[1:3] for line in status.splitlines() if line.startswith("key ")]
        assert [key[0] for key in keys if key[1].startswith("active")] == ["tenant/3"], status
        subjects = {line.split()[1]: line for line in status.splitlines() if line.startswith("key ")}
        assert ", 0 subjects" in subjects["tenant/1"] and ", 0 subjects" in subjects["tenant/2"], status
        # The newest key was made today, and nothing is wrapped under an older one.
        today = time.strftime("%Y-%m-%d", time.gmtime())
        assert f"made {today}" in subjects["tenant/3"]
        carry_out(gateway, "retire_tenant", "tenant/1")
        # The same people are the same subjects, before and after.
        tags = {}
        for person in ("P-0-1", "P-1-2"):
            gateway.post(chat("hello"), headers={"x-cordon-patient": person})
            tags[person] = gateway.of_requests()[-1]["tags"][0]
        counts = [sum(tag in entry.get("tags", []) for entry in gateway.entries()) for tag in tags.values()]
        assert min(counts) > 2
        gateway.stop()
        gateway.start()
        assert gateway.post(chat("hello"), headers={"x-cordon-patient": "P-0-1"})[0] == 200
        assert gateway.of_requests()[-1]["tags"] == [tags["P-0-1"]]
        assert did(gateway.cordon("log", "verify"))
        assert len([entry for entry in gateway.entries() if entry["event"] == "key.rotated"]) >= 2


def test_no_key_of_the_vault_is_changed_by_one_person(own):
    with own() as (gateway, _):
        for operation, object in [("rotate_tenant", "tenant"), ("rotate_root", "root"), ("export", "escrow")]:
            how = {"recipients": "passphrase"} if operation == "export" else {}
            proposal = proposed(gateway, operation, object, **how)
            assert gateway.cordon("vault", "carry-out", proposal).returncode != 0
            assert approve(gateway, proposal, by="alice").returncode != 0
            assert gateway.cordon("vault", "carry-out", proposal).returncode != 0
        for key in ["tenant/1", "root"]:
            assert "rotate it first" in gateway.cordon("vault", "propose", "destroy", key, "--as", key_file(gateway, "alice")).stderr
        assert gateway.post(chat("hello"))[0] == 200
        refused = events_of(gateway, "proposal.refused", "key.rotated", "key.destruction_scheduled", "key.destroyed")
        assert {entry["event"] for entry in refused} <= {"proposal.refused"}
