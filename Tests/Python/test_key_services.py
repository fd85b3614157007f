"""`cordon vault check-provider` before key services that speak HTTP, and before a token.

The services need `requirements-kms.txt`, the token needs SoftHSM; without them their tests are skipped and say so.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from paths import CORDON
from ports import free_port

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
TOKEN = "s.a-token-of-transit"


def check(*arguments, **environment):
    command = [CORDON, "vault", "check-provider", "--timeout", "20", *map(str, arguments)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SOFTHSM2_"))}
    return subprocess.run(command, capture_output=True, text=True, env={**plain, **environment}, timeout=600)


def steps(result):
    """The steps of the table, and whether each went well."""
    lines = [line for line in result.stdout.splitlines() if line.startswith(("ok  ", "FAIL"))]
    return {line[5:].split("  ")[0]: line.startswith("ok") for line in lines}


@pytest.fixture(scope="module")
def kms(tmp_path_factory):
    """moto's server, with the client that makes keys in it."""
    pytest.importorskip("moto", reason="moto is not installed: pip install -r Tests/Python/requirements-kms.txt")
    boto3 = pytest.importorskip("boto3")
    port = free_port()
    log = open(tmp_path_factory.mktemp("moto") / "log", "wb")
    server = subprocess.Popen(
        [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < deadline and server.poll() is None, "moto's server did not start"
                time.sleep(0.1)
        yield url, boto3.client("kms", region_name="us-east-1", endpoint_url=url, aws_access_key_id="AKID", aws_secret_access_key="secret")
    finally:
        server.kill()
        server.wait()
        log.close()


def check_kms(url, key, *more):
    return check(
        "--provider", "aws-kms", "--region", "us-east-1", "--endpoint", url, "--key", key, *more, AWS_ACCESS_KEY_ID="AKID",
        AWS_SECRET_ACCESS_KEY="a-secret-of-aws")


def test_kms_does_what_the_vault_asks_of_it(kms):
    url, client = kms
    result = check_kms(url, client.create_key()["KeyMetadata"]["Arn"], "--rotate")
    assert result.returncode == 0, result.stdout + result.stderr
    found = steps(result)
    assert all(found.values()) and {"generate a data key", "refuse another context", "rewrap", "rotate"} <= found.keys()
    assert "a-secret-of-aws" not in result.stdout + result.stderr


def test_kms_that_uses_a_disabled_key_is_told_apart_by_the_state(kms):
    url, client = kms
    key = client.create_key()["KeyMetadata"]["KeyId"]
    client.disable_key(KeyId=key)
    careless, careful = check_kms(url, key), check_kms(url, key, "--check-state")
    assert steps(careless)["wrap and unwrap"], "moto no longer decrypts with a disabled key"
    assert not any(steps(careful).values()) and "the key is disabled" in careful.stdout
    assert careless.returncode == careful.returncode == 1


def test_kms_without_the_key_or_without_credentials_fails(kms):
    url, _ = kms
    result = check_kms(url, "12345678-1234-1234-1234-123456789012")
    assert result.returncode == 1 and "there is no such key" in result.stdout
    result = check("--provider", "aws-kms", "--region", "us-east-1", "--endpoint", url, "--key", "k")
    assert result.returncode == 69


@pytest.fixture
def transit(tmp_path):
    """A transit engine behind TLS, with a certificate that no authority of the system has signed."""
    pytest.importorskip("cryptography", reason="pip install -r Tests/Python/requirements-kms.txt")
    from fake_transit import FakeTransit

    certificate = (tmp_path / "certificate.pem", tmp_path / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate[0], "-keyout", certificate[1]],
        check=True, capture_output=True)
    server = FakeTransit(TOKEN, "clinic", certificate)
    (tmp_path / "token").write_text(TOKEN + "\n")
    arguments = ["--provider", "transit", "--address", server.url, "--namespace", "clinic", "--key", "root", "--secret-file", tmp_path / "token"]
    yield server, arguments, ["--authorities", certificate[0]]
    server.close()


def test_transit_does_what_the_vault_asks_of_it(transit):
    _, arguments, trusting = transit
    result = check(*arguments, *trusting, "--rotate")
    assert result.returncode == 0, result.stdout + result.stderr
    assert all(steps(result).values()) and "version 1 to 2" in result.stdout
    assert TOKEN not in result.stdout + result.stderr


def test_a_certificate_of_an_unknown_authority_is_not_believed(transit):
    _, arguments, _ = transit
    result = check(*arguments)
    assert result.returncode == 1 and "the key provider cannot be reached" in result.stdout
    assert not any(steps(result).values())


def test_a_sealed_transit_engine_fails(transit):
    server, arguments, trusting = transit
    server.sealed = True
    result = check(*arguments, *trusting)
    assert result.returncode == 1 and "the key provider cannot be reached: error 503" in result.stdout


@pytest.mark.skipif(
    not (SOFTHSM.exists() and shutil.which("softhsm2-util")), reason="SoftHSM is not installed: Scripts/setup installs it")
def test_a_token_does_what_the_vault_asks_of_it(tmp_path):
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    environment = {"SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")}
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "cordon", "--so-pin", "12345678", "--pin", "a-users-pin"], check=True,
        capture_output=True, env={**os.environ, **environment})
    (tmp_path / "pin").write_text("a-users-pin\n")
    arguments = ["--provider", "pkcs11", "--module", SOFTHSM, "--token-label", "cordon", "--key", "cordon-root"]
    result = check(*arguments, "--secret-file", tmp_path / "pin", "--create", "--rotate", **environment)
    assert result.returncode == 0, result.stdout + result.stderr
    assert all(steps(result).values()) and "a-users-pin" not in result.stdout + result.stderr
    (tmp_path / "wrong").write_text("another-pin\n")
    result = check(*arguments, "--secret-file", tmp_path / "wrong", **environment)
    assert result.returncode == 69 and "the key provider refused" in result.stderr
