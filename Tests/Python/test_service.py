"""The process as its operator sees it: health, metrics, start and stop."""

import http.client
import stat
import subprocess
import threading
import time

import mock_vendor
from canaries import NOTE
from conftest import chat, eventually
from paths import CORDON


def test_health_and_readiness_need_no_key(gateway):
    assert gateway.get("/healthz")[0] == gateway.get("/readyz")[0] == 200


def test_metrics_count_requests_refusals_and_identifiers(own):
    with own() as (gateway, vendor):
        gateway.post(chat(NOTE))
        gateway.post(chat("hello"), headers={"x-cordon-use-case": "billing"})
        gateway.post(b"{}", headers={"authorization": "Bearer no"})
        status, headers, body = gateway.get("/metrics")
        assert status == 200 and headers["content-type"].startswith("text/plain")
        samples = dict(line.rsplit(" ", 1) for line in body.decode().splitlines() if not line.startswith("#"))
        assert samples['cordon_requests_total{outcome="completed"}'] == "1"
        assert samples['cordon_requests_total{outcome="refused"}'] == "1"
        assert samples['cordon_requests_total{outcome="unauthenticated"}'] == "1"
        assert samples['cordon_refusals_total{rule="use_case_not_granted"}'] == "1"
        assert int(samples['cordon_identifiers_total{kind="NAME"}']) >= 3
        eventually(lambda: b"cordon_requests_in_flight 0\n" in gateway.get("/metrics")[2])


def test_a_stop_lets_running_streams_end(own):
    limits = {"drain_seconds": 60, "vendor_silence_seconds": 60}
    with own(lambda configuration: configuration["limits"].update(limits)) as (gateway, vendor):
        begun, ended = threading.Event(), []

        def script(request, reply):
            reply.begin_stream()
            parts = mock_vendor.events([{"content": "one "}, {"content": "two"}])
            reply.chunk(parts[0])
            begun.set()
            time.sleep(1.5)
            reply.chunk(*parts[1:])
            reply.end_stream()

        vendor.script = script
        client = threading.Thread(target=lambda: ended.append(gateway.post(chat("hello", stream=True))))
        client.start()
        assert begun.wait(60)
        assert gateway.stop() == 0
        client.join(60)
        assert ended[0][0] == 200 and ended[0][2].endswith(b"data: [DONE]\n\n")


def test_a_stop_does_not_wait_longer_than_it_was_told(own):
    limits = {"drain_seconds": 2, "vendor_silence_seconds": 600}
    with own(lambda configuration: configuration["limits"].update(limits)) as (gateway, vendor):
        vendor.script = mock_vendor.silent(600)

        def ask():
            try:
                gateway.post(chat("hello"))
            except (OSError, http.client.HTTPException):
                pass

        client = threading.Thread(target=ask)
        client.start()
        eventually(lambda: vendor.requests)
        gateway.stop(within=45)
        client.join(60)
        assert gateway.cordon("log", "verify").returncode == 0


def test_it_starts_again_on_its_own_data_and_goes_on_with_the_log(own):
    with own() as (gateway, vendor):
        for _ in range(3):
            gateway.post(chat("hello"))
            assert gateway.stop() == 0
            gateway.start()
        assert len(gateway.entries()) >= 6
        assert gateway.cordon("log", "verify").returncode == 0


def test_a_second_gateway_on_the_same_data_does_not_start(own):
    with own() as (gateway, _):
        run = subprocess.run(
            [CORDON, "serve", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True, timeout=120,
            env={"VENDOR_KEY": "x", "PATH": "/usr/bin:/bin"})
        assert run.returncode not in (0, -4, -6, -11)
        assert gateway.get("/healthz")[0] == 200


def test_the_data_directory_and_the_keys_in_it_are_for_its_user_only(gateway):
    assert stat.S_IMODE(gateway.data.stat().st_mode) == 0o700
    keys = [path for path in gateway.data.rglob("*") if path.suffix == ".key"]
    assert keys and all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in keys)


def test_a_key_is_printed_once_and_its_hash_is_no_key(gateway, vendor):
    assert gateway.caller.key not in (gateway.folder / "cordon.yaml").read_text()
    assert gateway.caller.key.encode() not in gateway.output
    assert gateway.post(chat("hello"), headers={"authorization": f"Bearer {gateway.caller.hash}"})[0] == 401


def test_the_verifier_finds_a_changed_byte(own):
    with own() as (gateway, vendor):
        for _ in range(5):
            gateway.post(chat("hello"))
        gateway.stop()
        assert gateway.cordon("log", "verify").returncode == 0
        changed = 0
        for file in sorted((gateway.data / "log/segments").iterdir()):
            data = file.read_bytes()
            at = data.find(b"dr-lee")
            if at < 0:
                continue
            file.write_bytes(data[:at] + b"dr-fee" + data[at + 6 :])
            assert gateway.cordon("log", "verify").returncode != 0
            file.write_bytes(data)
            changed += 1
        assert changed > 0 and gateway.cordon("log", "verify").returncode == 0
