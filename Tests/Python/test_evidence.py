"""Evidence of encryption for an auditor, and the opinion whether PHI was secured in an incident."""

import json
import os
import re
import subprocess
import time

import pytest
from canaries import NOTE, found
from conftest import PASSPHRASE, SECRETS, chat
from custodians import agreed, did, take_in
from paths import CORDON


def run(*arguments, **environment):
    return subprocess.run(
        [CORDON, *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **SECRETS, **environment})


def evidence(gateway, output):
    did(run("evidence", "encryption", "--config", gateway.folder / "cordon.yaml", "--output", output))
    return json.loads(output.read_text())


def verify(gateway, file, *more):
    # Neither a key nor a passphrase: whoever audits has none.
    plain = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return subprocess.run(
        [CORDON, "evidence", "verify", file, "--config", gateway.folder / "cordon.yaml", "--data", gateway.data, *more],
        capture_output=True, text=True, env=plain)


# proves: ENC-15
def test_evidence_of_encryption_verifies_against_the_log_and_the_configuration(own, tmp_path):
    with own() as (gateway, _):
        for index in range(5):
            assert gateway.post(chat(NOTE), headers={"x-cordon-patient": f"Patient/QZ-{index}", "x-cordon-user": "lee"})[0] == 200
        did(gateway.cordon("vault", "rotate", "--proposal", agreed(gateway, "rotate_tenant", "tenant")))
        file = tmp_path / "evidence.json"
        made = evidence(gateway, file)
        statement = made["statement"]
        assert {key["id"]: key["state"] for key in statement["keys"]}["tenant/2"] == "active"
        assert all(key["age_days"] == 0 for key in statement["keys"]) and statement["rotation_policy_days"] == 365
        assert statement["root_key"]["provider"] == "local" and not statement["root_key"]["kept_where_this_process_cannot_read_it"]
        assert {"store", "holds", "algorithm", "key", "approved_algorithm"} == statement["stores"][0].keys() and len(statement["stores"]) >= 8
        assert statement["configuration"] == statement["log"]["configuration"]
        assert statement["log"]["tls_sessions_of_clients"] == {}
        assert found(file.read_bytes()) == []

        good = verify(gateway, file)
        assert good.returncode == 0, good.stdout + good.stderr
        assert [line[:4].strip() for line in good.stdout.splitlines() if line[:4] in ("ok  ", "FAIL")] == ["ok"] * 5
        # The log goes on; the evidence still holds.
        assert gateway.post(chat("hello"))[0] == 200
        assert verify(gateway, file).returncode == 0

        def failing(change):
            changed = tmp_path / "changed.json"
            altered = json.loads(file.read_text())
            change(altered)
            changed.write_text(json.dumps(altered, separators=(",", ":")))
            result = verify(gateway, changed)
            assert result.returncode == 1, result.stdout
            return {line.split()[1].rstrip(":") for line in result.stdout.splitlines() if line.startswith("FAIL")}

        # Anything that is changed in it, and another statement signed by somebody else's key.
        assert "signature" in failing(lambda altered: altered["statement"].update(vault="0" * 32))
        assert {"signature", "facts", "made"} <= failing(lambda altered: altered["statement"]["log"].update(decrypted=7))
        assert "checkpoint" in failing(lambda altered: altered["statement"].update(checkpoint="forged\n1\nAAAA\n"))

        # Another configuration.
        configuration = gateway.folder / "cordon.yaml"
        content = configuration.read_text()
        configuration.write_text(content + "\n# changed\n")
        result = verify(gateway, file)
        assert result.returncode == 1 and "FAIL  configuration" in result.stdout
        configuration.write_text(content)
        assert verify(gateway, file).returncode == 0

        # Another log: cut back behind the checkpoint, or changed.
        gateway.stop()
        segment = max((gateway.data / "log/segments").iterdir(), key=lambda path: path.stat().st_size)
        whole = segment.read_bytes()
        at = whole.index(b'"request.opened"')
        segment.write_bytes(whole[:at] + b'"request.openeD"' + whole[at + 16 :])
        result = verify(gateway, file)
        assert result.returncode != 0
        segment.write_bytes(whole)
        assert verify(gateway, file).returncode == 0


def unsecured(gateway, *arguments, config=True):
    named = ["--config", gateway.folder / "cordon.yaml"] if config else []
    result = run("evidence", "unsecured", *named, "--data", gateway.data, *arguments)
    assert result.returncode in (0, 1), result.stderr
    opinion = re.search(r"^opinion +(secured|unsecured) PHI$", result.stdout, re.M)[1]
    assert (opinion == "secured") == (result.returncode == 0)
    return opinion, result.stdout


# proves: ENC-16
def test_a_stolen_disk_with_its_key_intact_is_secured_phi_and_an_exposed_key_makes_it_unsecured(own, tmp_path):
    with own() as (gateway, _):
        assert gateway.post(chat(NOTE), headers={"x-cordon-patient": "Patient/QZ-1"})[0] == 200
        before = "2020-01-01T00:00:00.000Z"
        now = time.strftime("%Y-%m-%dT%H:%M:%S.999Z", time.gmtime(time.time() + 1))

        # The passphrase is in the environment: it takes somebody's word that it was not on the disk.
        opinion, text = unsecured(gateway, "--at", now, "--scenario", "stolen-disk", "--secret-apart")
        assert opinion == "secured" and "AES-256-GCM" in text and "sealed by a passphrase" in text
        opinion, text = unsecured(gateway, "--at", now, "--scenario", "stolen-disk")
        assert opinion == "unsecured" and "--secret-apart" in text
        opinion, text = unsecured(gateway, "--at", now, "--scenario", "key-exposed", "--secret-apart")
        assert opinion == "unsecured" and "the key was exposed" in text
        # Nothing is known of a time before the log, or of a configuration that was not in force.
        assert unsecured(gateway, "--at", before, "--scenario", "stolen-disk", "--secret-apart")[0] == "unsecured"
        assert unsecured(gateway, "--at", now, "--scenario", "stolen-disk", "--secret-apart", config=False)[0] == "unsecured"

        # A passphrase in a file beside the data goes with the disk.
        gateway.stop()
        passphrase = gateway.data / "passphrase"
        passphrase.write_text(PASSPHRASE + "\n")
        gateway.configuration["vault"] = {"passphrase": {"file": str(passphrase)}}
        gateway.start()
        later = time.strftime("%Y-%m-%dT%H:%M:%S.999Z", time.gmtime(time.time() + 1))
        opinion, text = unsecured(gateway, "--at", later, "--scenario", "stolen-disk")
        assert opinion == "unsecured" and "the key went with it" in text
        # A file on another device may be on the same disk all the same.
        opinion, text = unsecured(gateway, "--at", later, "--scenario", "stolen-disk", "--secret-apart")
        assert opinion == "secured", text
        # The configuration of today says nothing of the time before it.
        first = next(entry["time"] for entry in gateway.entries() if entry["event"] == "server.started")
        opinion, text = unsecured(gateway, "--at", first, "--scenario", "stolen-disk", "--secret-apart")
        assert opinion == "unsecured" and "was not the one in force" in text

        # A log that was changed proves nothing.
        gateway.stop()
        segment = max((gateway.data / "log/segments").iterdir(), key=lambda path: path.stat().st_size)
        whole = segment.read_bytes()
        at = whole.index(b'"request.opened"')
        segment.write_bytes(whole[:at] + b'"request.openeD"' + whole[at + 16 :])
        result = run("evidence", "unsecured", "--config", gateway.folder / "cordon.yaml", "--data", gateway.data, "--at", later,
                     "--scenario", "stolen-disk", "--secret-apart")
        assert result.returncode != 0
