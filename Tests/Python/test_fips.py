"""A gateway that has to use approved algorithms only: what it refuses, what it tests, and what it says of its modules."""

import json
import os
import subprocess

import pytest
from conftest import SECRETS, chat, new_custodian
from paths import CORDON
from softhsm import Token, needed
from test_tls_scanner import certificate, client, openssl  # noqa: F401

MODULE = {"name": "Example HSM Cryptographic Module", "version": "7.7.1", "certificate": 999999}


def check(gateway, *arguments):
    gateway.write_configuration()
    return subprocess.run(
        [CORDON, "serve", "--config", gateway.folder / "cordon.yaml", "--check", *arguments], capture_output=True, text=True,
        env={**os.environ, **SECRETS})


def test_without_a_validated_module_that_keeps_the_keys_it_does_not_start(own):
    with own() as (gateway, _):
        gateway.stop()
        assert check(gateway).returncode == 0
        refused = check(gateway, "--fips")
        assert refused.returncode == 78 and "Argon2id" in refused.stderr and "no certificate" in refused.stderr
        # Naming a module does not make the key file approved, and a token without one named is not enough either.
        gateway.configuration["fips"] = {"required": True, "module": MODULE}
        assert "Argon2id" in check(gateway).stderr
        gateway.configuration["fips"] = {"required": True}
        gateway.configuration["vault"] = {
            "provider": "pkcs11", "key": "cordon-root", "pkcs11": {"module": "/nowhere.so", "token": "t", "pin": {"file": "/nowhere"}}}
        refused = check(gateway)
        assert refused.returncode == 78 and "no validated module is named" in refused.stderr
        served = subprocess.run(
            [CORDON, "serve", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True, timeout=120,
            env={**os.environ, **SECRETS})
        assert served.returncode == 78


def test_what_is_not_approved_is_refused_to_backup_restore_and_escrow_by_the_flag(own, tmp_path):
    with own() as (gateway, _):
        secret, archive, target = tmp_path / "secret", tmp_path / "data.age", tmp_path / "restored"
        secret.write_text("a passphrase of the archive\n")
        usual = ("backup", "--to", archive, "--passphrase-file", secret)
        refused = gateway.cordon(*usual, "--fips")
        assert refused.returncode == 78 and "not approved" in refused.stderr and not archive.exists()
        made = gateway.cordon(*usual)
        assert made.returncode == 0, made.stderr
        for arguments in (
                ("restore", archive, "--into", target, "--passphrase-file", secret),
                ("restore", archive, "--drill", "--passphrase-file", secret),
                ("escrow", "--to", target, "--passphrase-file", secret, "--proposal", "0" * 32)):
            refused = gateway.cordon(*arguments, "--fips")
            assert refused.returncode == 78 and "not approved" in refused.stderr and not target.exists()
        # A gateway that was last started so says it to whoever works on its data.
        state = gateway.data / "serve.state"
        state.write_text(json.dumps({**json.loads(state.read_text()), "allowsApprovedOnly": True}))
        refused = gateway.cordon("restore", archive, "--into", target, "--passphrase-file", secret)
        assert refused.returncode == 78 and not target.exists()


# proves: ENC-12
@needed
def test_it_refuses_chacha20_tests_its_primitives_at_the_start_and_names_its_modules(own, tmp_path, monkeypatch, certificate):  # noqa: F811
    token = Token(tmp_path / "hsm")
    for name, value in token.environment.items():
        monkeypatch.setenv(name, value)

    def change(configuration):
        configuration["vault"] = token.settings
        configuration["fips"] = {"required": True, "module": MODULE}
        configuration["listen"]["tls"] = {"certificate": str(certificate[0]), "key": str(certificate[1])}
        (tmp_path / "cordon.yaml").write_text(json.dumps(configuration))
        people = [part for name in ("alice", "bruno") for part in ("--administrator", new_custodian(tmp_path, name)[1])]
        subprocess.run(
            [CORDON, "vault", "init", "--config", tmp_path / "cordon.yaml", *people], check=True, capture_output=True,
            env={**os.environ, **SECRETS})

    with own(change) as (gateway, vendor):
        assert gateway.post(chat("hello"))[0] == 200
        # ChaCha20-Poly1305 in either version, and groups that are not approved.
        assert openssl(gateway, "-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256") is None
        assert openssl(gateway, "-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305") is None
        assert openssl(gateway, "-groups", "X25519") is None
        for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"):
            assert openssl(gateway, "-tls1_3", "-ciphersuites", suite, "-groups", "P-256") == ("TLSv1.3", suite)
        assert openssl(gateway, "-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384", "-groups", "P-384") is not None

        shown = subprocess.run([CORDON, "log", "show", "--json", "--data", gateway.data], capture_output=True, text=True, check=True)
        entries = [json.loads(line) for line in shown.stdout.splitlines()]
        named = [entry["object"] for entry in entries if entry["event"] == "cryptography.tested"]
        started = next(at for at, entry in enumerate(entries) if entry["event"] == "server.started")
        assert len(named) == 2 and all(entry["event"] == "cryptography.tested" for entry in entries[started - 2 : started])
        # Cordon's own module says that it has no certificate; the other is named as the site wrote it.
        assert named[0].startswith("own:swift-crypto") and named[0].endswith("/no-certificate")
        assert named[1] == "keys:Example-HSM-Cryptographic-Module/7.7.1/cmvp-999999"
        assert not any("CHACHA20" in entry.get("object", "") for entry in entries)

        # Age files are not of approved algorithms.
        (tmp_path / "secret").write_text("a passphrase of the archive\n")
        backup = subprocess.run(
            [CORDON, "backup", "--to", tmp_path / "data.age", "--passphrase-file", tmp_path / "secret", "--config",
             gateway.folder / "cordon.yaml"], capture_output=True, text=True, env={**os.environ, **SECRETS})
        assert backup.returncode == 78 and "not approved" in backup.stderr and not (tmp_path / "data.age").exists()
        # Who names the data alone is told what the gateway on it was told.
        backup = gateway.cordon("backup", "--to", tmp_path / "data.age", "--passphrase-file", tmp_path / "secret")
        assert backup.returncode == 78 and "not approved" in backup.stderr

        made = subprocess.run(
            [CORDON, "evidence", "encryption", "--config", gateway.folder / "cordon.yaml", "--output", tmp_path / "evidence"],
            capture_output=True, text=True, env={**os.environ, **SECRETS})
        assert made.returncode == 0, made.stderr
        statement = json.loads((tmp_path / "evidence").read_text())["statement"]
        assert statement["module"]["cmvp_certificate"] is None and statement["module"]["self_test"] == "every known answer was met"
        assert statement["fips"]["module_that_keeps_keys"]["cmvp_certificate"] == 999999
        assert "nothing here checked" in statement["fips"]["module_that_keeps_keys"]["source"]
        assert statement["log"]["modules"] == named
