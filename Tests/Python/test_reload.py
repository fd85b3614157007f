"""Configuration and credentials that change while the gateway runs."""

import hashlib
import http.client
import json
import signal
import ssl
import subprocess
import threading

import mock_vendor
from canaries import NOTE
from conftest import SECRETS, chat, eventually
from paths import CORDON


def state(gateway):
    return json.loads((gateway.data / "serve.state").read_text())


def reloaded(gateway):
    """Writes the configuration, sends the signal and waits until it was read."""
    before = state(gateway)["loads"]
    gateway.write_configuration()
    gateway.process.send_signal(signal.SIGHUP)
    return eventually(lambda: (now := state(gateway))["loads"] > before and now)


def samples(gateway):
    page = gateway.get("/metrics")[2].decode()
    return dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))


def reload(gateway):
    return subprocess.run([CORDON, "reload", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True)


def test_a_changed_configuration_comes_into_force_while_requests_run(own):
    with own(lambda configuration: configuration["limits"].update(vendor_silence_seconds=120)) as (gateway, vendor):
        begun, released, ended = threading.Event(), threading.Event(), []

        def script(request, reply):
            reply.begin_stream()
            parts = mock_vendor.events([{"content": request.prompt}])
            begun.set()
            released.wait(60)
            reply.chunk(*parts)
            reply.end_stream()

        vendor.script = script
        client = threading.Thread(target=lambda: ended.append(gateway.post(chat(NOTE, stream=True))))
        client.start()
        assert begun.wait(60)
        gateway.configuration["use_cases"][0]["restore"] = "none"
        gateway.configuration["use_cases"].append(
            {"id": "new", "purpose": "TREAT", "models": ["gpt-4o-mini"], "vendor": "mock", "restore": "all"})
        gateway.configuration["callers"][0]["use_cases"].append("new")
        assert "refused" not in reloaded(gateway)
        vendor.script = mock_vendor.echo
        later = gateway.post(chat(NOTE))
        assert later[0] == 200 and b"Brackenridge" not in later[2]
        assert gateway.post(chat(NOTE), headers={"x-cordon-use-case": "new"})[0] == 200
        assert not ended
        released.set()
        client.join(60)
        # What had begun went on under what it began with.
        assert ended[0][0] == 200 and ended[0][2].endswith(b"data: [DONE]\n\n")
        loaded = [entry for entry in gateway.entries() if entry["event"] == "configuration.loaded"]
        assert [entry["object"] for entry in loaded] == [state(gateway)["configuration"]]
        assert samples(gateway)['cordon_configuration_loads_total{result="loaded"}'] == "1"


def test_a_bad_file_changes_nothing_and_says_why(own):
    with own() as (gateway, vendor):
        good = state(gateway)["configuration"]
        gateway.configuration["use_cases"][0]["vendor"] = "nobody"
        now = reloaded(gateway)
        assert "names no vendor" in now["refused"] and now["configuration"] == good
        assert gateway.post(chat("hello"))[0] == 200
        assert gateway.get("/readyz")[0] == 200
        found = samples(gateway)
        assert found["cordon_configuration_refused"] == "1"
        assert found['cordon_configuration_loads_total{result="refused"}'] == "1"
        assert b"was refused, and what was in force stays" in gateway.output
        assert not [entry for entry in gateway.entries() if entry["event"] == "configuration.loaded"]
        gateway.configuration["use_cases"][0]["vendor"] = "mock"
        assert "refused" not in reloaded(gateway)
        assert samples(gateway)["cordon_configuration_refused"] == "0"


def test_the_command_says_what_is_in_force_and_what_needs_a_restart(own):
    with own() as (gateway, vendor):
        gateway.configuration["limits"]["idle_seconds"] = 9
        gateway.configuration["limits"]["body_bytes"] = 2048
        gateway.write_configuration()
        run = reload(gateway)
        assert run.returncode == 0, run.stderr
        assert run.stdout == f"in force: {state(gateway)['configuration']}\nneeds a restart: limits.idle_seconds\n"
        assert gateway.post(chat("x" * 3000))[0] == 413
        gateway.configuration["limits"]["body_bytes"] = "many"
        gateway.write_configuration()
        run = reload(gateway)
        assert run.returncode == 78 and "limits.body_bytes" in run.stderr
        assert gateway.post(chat("hello"))[0] == 200


def test_a_credential_in_a_file_is_taken_when_the_file_changes(own, tmp_path):
    key = tmp_path / "vendor.key"
    key.write_text("sk-first\n")

    def change(configuration):
        configuration["vendors"][0]["credential"] = {"file": str(key)}

    with own(change) as (gateway, vendor):
        gateway.post(chat("hello"))
        assert vendor.requests[-1].headers["authorization"] == "Bearer sk-first"
        key.write_text("sk-second\n")

        def renewed():
            gateway.post(chat("hello"))
            return vendor.requests[-1].headers["authorization"] == "Bearer sk-second"

        eventually(renewed)
        key.write_text("")
        eventually(lambda: b"credential was not taken" in gateway.output)
        assert gateway.post(chat("hello"))[0] == 200
        assert b"sk-first" not in gateway.output and b"sk-second" not in gateway.output


def test_nothing_that_a_reload_leaves_behind_is_secret(own):
    with own() as (gateway, vendor):
        reloaded(gateway)
        for secret in SECRETS.values():
            assert secret.encode() not in (gateway.data / "serve.state").read_bytes()


def certificate(folder, chain, key):
    """A certificate of this machine's name, with a key of its own."""
    made = folder / "made.pem", folder / "made.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", made[0], "-keyout", made[1]],
        check=True, capture_output=True)
    made[0].replace(chain)
    made[1].replace(key)


def test_a_renewed_certificate_is_presented_after_a_reload_and_who_is_connected_goes_on(own, tmp_path):
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate(tmp_path, chain, key)

    def presented():
        return ssl.get_server_certificate(("127.0.0.1", gateway.port))

    def change(configuration):
        configuration["listen"].update(tls={"certificate": str(chain), "key": str(key)})
        configuration["limits"]["idle_seconds"] = 600

    with own(change) as (gateway, _):
        first = chain.read_text()
        assert presented() == first
        connected = http.client.HTTPSConnection("127.0.0.1", gateway.port, timeout=60, context=gateway.trust)
        connected.request("GET", "/healthz")
        assert connected.getresponse().read()
        certificate(tmp_path, chain, key)
        second = chain.read_text()
        # Until it is told, it knows nothing of it; then whoever comes sees the new one.
        assert presented() == first
        assert not reloaded(gateway).get("refused")
        assert presented() == second
        connected.request("GET", "/healthz")
        assert connected.getresponse().status == 200
        changed, = [entry for entry in gateway.entries() if entry.get("object") == "certificate:listener"]
        assert changed["event"] == "key.rotated"
        assert [changed["before"], changed["after"]] == [hashlib.sha256(text.encode()).hexdigest() for text in (first, second)]
        # A chain that came without its key, and half a file, are refused: what was presented is.
        kept = key.read_bytes()
        certificate(tmp_path, chain, key)
        third = key.read_bytes()
        key.write_bytes(kept)
        assert reloaded(gateway)["refused"]
        key.write_bytes(third[:40])
        assert reloaded(gateway)["refused"]
        assert presented() == second
        key.write_bytes(third)
        assert not reloaded(gateway).get("refused")
        assert presented() == chain.read_text()
