"""Keys that grow old, are used too often, by nobody known, or were altered; and secrets that have to be changed."""

import http.client
import json
import os
import re
import sqlite3
import subprocess
import threading
import time

import pytest
from canaries import NOTE, found
from conftest import PASSPHRASE, SECRETS, chat, day, eventually, new_caller
from custodians import agreed, did, key_file, take_in
from mock_vendor import echo
from paths import CORDON

PATIENT = "Patient/QZ-88413307"


def events(gateway, *names):
    return [entry for entry in gateway.entries() if entry["event"] in names]


def alerts(gateway, rule):
    return [entry for entry in events(gateway, "alert.raised") if entry["rule"] == rule]


def metric(gateway, name):
    page = gateway.get("/metrics")[2].decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", page, re.M)[1])


def load(gateway, stopping, statuses, ended=None):
    """Requests until it is told to stop; how many of its own have ended is counted where it is told to."""
    count = 0
    while not stopping.is_set():
        statuses.append(gateway.post(chat("hello"), headers={"x-cordon-patient": f"P-{count % 20}", "x-cordon-user": "lee"})[0])
        count += 1
        if ended is not None:
            ended[threading.get_ident()] = count


# proves: ENC-10
def test_a_rotation_under_load_fails_nothing_leaves_no_key_older_than_the_policy_and_old_data_readable(own):
    with own(lambda configuration: configuration.update(vault={"rotate_days": 30})) as (gateway, _):
        take_in(gateway, "petra", "auditor")
        assert gateway.post(chat("hello"), headers={"x-cordon-patient": PATIENT, "x-cordon-user": "lee@clinic.example"})[0] == 200
        stopping, statuses = threading.Event(), []
        workers = [threading.Thread(target=load, args=(gateway, stopping, statuses)) for _ in range(4)]
        for worker in workers:
            worker.start()
        try:
            eventually(lambda: len(statuses) > 40)
            before = len(statuses)
            did(gateway.cordon("vault", "rotate", "--proposal", agreed(gateway, "rotate_tenant", "tenant")))
            eventually(lambda: len(statuses) > before + 40)
        finally:
            stopping.set()
            for worker in workers:
                worker.join()
        assert set(statuses) == {200}
        did(gateway.cordon("vault", "rotate"))
        status = did(subprocess.run(
            [CORDON, "vault", "status", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True,
            env={**os.environ, **SECRETS}))
        key, age, policy = re.search(r"^age +oldest key in use: (\S+), (\d+) days of (\d+)$", status, re.M).groups()
        assert int(age) < int(policy) == 30, status
        assert not [line for line in status.splitlines() if line.startswith("FINDING") and "key " in line]
        # What was sealed before the rotation opens after it.
        report = subprocess.run(
            [CORDON, "subject", "report", "--as", key_file(gateway, "petra"), "--data", gateway.data], input=PATIENT + "\n",
            capture_output=True, text=True, env={**os.environ, **SECRETS})
        assert report.returncode == 0 and "lee@clinic.example" in report.stdout, report.stderr
        assert len(events(gateway, "key.rotated")) == 1


# proves: ENC-07
def test_what_is_opened_is_in_the_log_before_it_is_seen_and_for_how_long_it_was_in_the_clear(own):
    with own() as (gateway, vendor):
        take_in(gateway, "petra", "auditor")
        for _ in range(3):
            assert gateway.post(chat(NOTE), headers={"x-cordon-patient": PATIENT, "x-cordon-user": "lee@clinic.example"})[0] == 200
        assert not events(gateway, "data.decrypted", "data.wiped")
        report = subprocess.run(
            [CORDON, "subject", "report", "--as", key_file(gateway, "petra"), "--data", gateway.data], input=PATIENT + "\n",
            capture_output=True, text=True, env={**os.environ, **SECRETS})
        assert report.returncode == 0, report.stderr
        assert report.stdout.count("lee@clinic.example") >= 3
        milliseconds = float(re.search(r"^in the clear for (\S+) ms$", report.stderr, re.M)[1])
        opened, wiped = events(gateway, "data.decrypted"), events(gateway, "data.wiped")
        # One event for each part that was opened, of the patient and of who asked for them, all by the same person; then the
        # time.
        parts = [entry["object"] for entry in opened]
        assert sorted(parts.count(subject) for subject in set(parts)) == [3, 3] and len(wiped) == 1
        assert wiped[0]["object"] in parts and len({tuple(entry["people"]) for entry in opened + wiped}) == 1
        assert abs(wiped[0]["microseconds"]["total"] / 1000 - milliseconds) < 1
        # In the gateway, the text of a request is in the clear until its answer is complete.
        slowest = metric(gateway, "cordon_clear_microseconds_max")
        closed = [sum(entry["microseconds"].values()) for entry in events(gateway, "request.closed")]
        assert slowest == max(closed) > 0
        assert metric(gateway, "cordon_clear_seconds_count") == len(closed)


def test_somebody_whom_the_vault_does_not_know_opens_nothing(own):
    with own() as (gateway, _):
        assert gateway.post(chat("hello"), headers={"x-cordon-patient": PATIENT})[0] == 200
        for name in ("alice",):
            refused = subprocess.run(
                [CORDON, "subject", "report", "--as", key_file(gateway, name), "--data", gateway.data], input=PATIENT + "\n",
                capture_output=True, text=True, env={**os.environ, **SECRETS})
            assert refused.returncode != 0 and refused.stdout == ""
        assert not events(gateway, "data.decrypted", "data.wiped")


# proves: ENC-11
def test_a_spike_of_one_caller_and_a_key_that_nobody_was_given_raise_alerts(own):
    with own() as (gateway, _):
        # A key of the right form that is in no configuration.
        stranger = new_caller().key
        for _ in range(5):
            assert gateway.post(chat("hello"), headers={"authorization": f"Bearer {stranger}"})[0] == 401
        assert len(eventually(lambda: alerts(gateway, "unknown_principal"))) == 1
        assert stranger.encode() not in gateway.output
        # What is no key at all is nobody's use of one.
        assert gateway.post(chat("hello"), headers={"authorization": "Bearer nonsense"})[0] == 401

        # More than 6,000 requests in a minute by a caller of whom nothing is known yet.
        body = json.dumps(chat("hello")).encode()
        head = {"authorization": f"Bearer {gateway.caller.key}", "content-type": "application/json", "x-cordon-use-case": "local"}
        body = body.replace(b"gpt-4o-mini", b"loopback")

        def hammer():
            connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
            while not stopping.is_set():
                connection.request("POST", "/v1/chat/completions", body, head)
                assert connection.getresponse().read()
            connection.close()

        assert not alerts(gateway, "key_use_spike")
        stopping = threading.Event()
        workers = [threading.Thread(target=hammer) for _ in range(4)]
        for worker in workers:
            worker.start()
        try:
            # In this minute or in the next one: none is usual before there have been five.
            eventually(lambda: b"alert `key_use_spike`" in gateway.output, within=240)
        finally:
            stopping.set()
            for worker in workers:
                worker.join()
        raised = eventually(lambda: alerts(gateway, "key_use_spike"))
        assert [entry["caller"] for entry in raised] == ["dr-lee"]
        assert eventually(lambda: metric(gateway, 'cordon_alerts_total{rule="key_use_spike"}') == 1)
        assert metric(gateway, 'cordon_alerts_total{rule="unknown_principal"}') == 1
        assert b"alert `key_use_spike`" in gateway.output and b"alert `unknown_principal`" in gateway.output


# proves: LIF-07
def test_an_altered_record_is_refused_and_raises_an_alert(own):
    with own(lambda configuration: configuration.update(vault={"cache_seconds": 0})) as (gateway, vendor):
        headers = {"x-cordon-patient": PATIENT}
        assert gateway.post(chat("hello"), headers=headers)[0] == 200
        received = len(vendor.received)
        with sqlite3.connect(gateway.data / "vault/vault.sqlite", timeout=10) as database:
            (wrapped,) = database.execute("SELECT wrapped FROM subject_key").fetchone()
            changed = wrapped[:-1] + bytes([wrapped[-1] ^ 1])
            database.execute("UPDATE subject_key SET wrapped = ?", (changed,))
        database.close()
        status, _, body = gateway.post(chat("hello"), headers=headers)
        assert status == 503 and json.loads(body)["error"]["code"] == "keys_unavailable"
        assert len(vendor.received) == received
        assert len(eventually(lambda: alerts(gateway, "altered_record"))) == 1
        assert eventually(lambda: metric(gateway, 'cordon_alerts_total{rule="altered_record"}') == 1)
        assert b"alert `altered_record`" in gateway.output
        # Requests about others go on.
        assert gateway.post(chat("hello"), headers={"x-cordon-patient": "Patient/another"})[0] == 200


# proves: ENC-13
def test_an_overdue_secret_is_a_finding_and_a_vendors_key_is_changed_with_no_outage(own, tmp_path):
    first, second = "sk-vendor-first-0d41", "sk-vendor-second-77b2"
    credential = tmp_path / "vendor.key"
    credential.write_text(first + "\n")
    os.utime(credential, (time.time() - 200 * 86_400,) * 2)

    def change(configuration):
        configuration["vendors"][0]["credential"] = {"file": str(credential), "changed": day(-200), "rotate_days": 90}

    def status(gateway):
        return did(subprocess.run(
            [CORDON, "vault", "status", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True,
            env={**os.environ, **SECRETS}))

    with own(change) as (gateway, vendor):
        assert f"FINDING    credential of vendor mock should have been changed by {day(-110)}" in status(gateway)
        assert len(eventually(lambda: alerts(gateway, "secret_overdue"))) == 1

        # The vendor takes the old key and the new one while they overlap.
        def strict(request, reply):
            key = request.headers["authorization"].partition(" ")[2]
            if key in accepted:
                used.add(key)
                echo(request, reply)
            else:
                reply.whole(b"{}", 401)

        accepted, used = {first, second}, set()
        vendor.script = strict
        stopping, statuses, ended = threading.Event(), [], {}
        workers = [threading.Thread(target=load, args=(gateway, stopping, statuses, ended)) for _ in range(3)]
        for worker in workers:
            worker.start()
        try:
            eventually(lambda: len(ended) == 3 and len(statuses) > 20 and used == {first})
            fresh = tmp_path / "vendor.key.new"
            fresh.write_text(second + "\n")
            fresh.rename(credential)
            eventually(lambda: second in used)
            changed = eventually(lambda: events(gateway, "key.rotated"))
            assert [entry["object"] for entry in changed] == ["credential:mock"]
            # What had begun with the first key has ended when each of them has ended two more.
            counts = dict(ended)
            eventually(lambda: all(ended[one] >= count + 2 for one, count in counts.items()))
            accepted.discard(first)
            before = len(statuses)
            eventually(lambda: len(statuses) > before + 40)
        finally:
            stopping.set()
            for worker in workers:
                worker.join()
        assert set(statuses) == {200}
        assert "FINDING    credential" not in status(gateway)
        assert first.encode() not in gateway.output and second.encode() not in gateway.output
