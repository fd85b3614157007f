"""A mistake in `cordon.yaml` stops the start and is named with its line."""

import os
import re
import ssl
import subprocess
import urllib.request

import pytest
from paths import CORDON, ROOT

GOOD = """listen:
  address: 127.0.0.1
  port: 0
data: {data}
regions: [us-east]
vendors:
  - id: mock
    kind: openai
    base_url: http://127.0.0.1:9/v1
    region: us-east
    agreement:
      id: BAA-1
      signed: 2026-01-01
      expires: 2036-01-01
      prohibits_training: true
use_cases:
  - id: summarize
    purpose: TREAT
    models: [gpt-4o-mini]
    vendor: mock
    restore: all
callers:
  - id: dr-lee
    key_hash: {hash}
    use_cases: [summarize]
limits:
  body_bytes: 4096
"""


def check(folder, caller, old, new):
    """What `cordon serve` says of the good file with `old` replaced by `new`, and the line of the change."""
    assert old in GOOD
    line = GOOD[: GOOD.index(old) + len(old) - len(old.lstrip())].count("\n") + 1
    text = GOOD.replace(old, new).format(data=folder / "data", hash=caller.hash)
    file = folder / "cordon.yaml"
    file.write_text(text)
    run = subprocess.run([CORDON, "serve", "--config", file], capture_output=True, text=True, timeout=120)
    return run, line


@pytest.mark.parametrize("old, new, named", [
    ("  port: 0", "  prot: 0", "prot"),
    ("  port: 0", "  port: 70000", "port"),
    ("  port: 0", "  port: many", "port"),
    ("      prohibits_training: true", "      prohibits_trainning: true", "prohibits_trainning"),
    ("      prohibits_training: true", "      prohibits_training: yes", "prohibits_training"),
    ("      expires: 2036-01-01", "      expires: 2036-02-30", "expires"),
    ("    kind: openai", "    kind: opnai", "kind"),
    ("    base_url: http://127.0.0.1:9/v1", "    base_url: http://llm.vendor.example/v1", "base_url"),
    ("    base_url: http://127.0.0.1:9/v1", "    base_url: https://a.example\n    aws_region: us-east-1", "aws_region"),
    ("    kind: openai\n    base_url: http://127.0.0.1:9/v1", "    kind: bedrock\n    base_url: https://a.example", "REGION"),
    ("    kind: openai\n    base_url: http://127.0.0.1:9/v1",
     "    kind: bedrock\n    base_url: https://bedrock-runtime.us-east-1.amazonaws.com\n    aws_region: eu-west-1", "aws_region"),
    ("    vendor: mock", "    vendor: mok", "vendor"),
    ("    use_cases: [summarize]", "    use_cases: [summarise]", "use_cases"),
    ("    restore: all", "    restore: [NAME, NICKNAME]", "restore"),
    ("    restore: all", "    restore: every", "restore"),
    ("  - id: dr-lee", "  - id: dr lee", "id"),
    ("    key_hash: {hash}", "    key_hash: secret", "key_hash"),
    ("  body_bytes: 4096", "  body_bytes: 0", "body_bytes"),
    ("limits:", "limit:", "limit"),
    ("regions: [us-east]", "regions: [us-east", ""),
    ("    purpose: TREAT", "    purpose: TREAT\n    purpose: HRESCH", "purpose"),
    ("limits:", "log:\n  export:\n    - {{id: a, format: fhir-bundle, file: f}}\nlimits:", "format"),
    ("limits:", "log:\n  export:\n    - {{id: a, format: ocsf, to: 'http://a'}}\nlimits:", "to"),
    ("limits:", "log:\n  export:\n    - {{id: a, format: ocsf}}\nlimits:", "to"),
    ("limits:", "log:\n  export:\n    - {{id: a, format: ocsf, to: 'syslog+tcp://a', key: k}}\nlimits:", "key"),
    ("limits:", "log:\n  export:\n    - {{id: a, format: ocsf, to: 'syslog+tls://a', key: k}}\nlimits:", "certificate"),
    ("limits:", "log:\n  export:\n    - {{id: a, format: cef, file: f}}\n    - {{id: a, format: cef, file: f}}\nlimits:", "export"),
])
def test_a_mistake_is_named_with_its_line(tmp_path, caller, old, new, named):
    run, line = check(tmp_path, caller, old, new)
    assert run.returncode not in (0, -6, -4, -11), run
    said = run.stderr
    match = re.search(r"line (\d+)|:(\d+):", said)
    assert match, said
    number = int(match[1] or match[2])
    assert line <= number <= line + 1 + new.count("\n"), said
    assert named in said and caller.hash not in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "127.evil.example"])
def test_an_address_that_others_can_reach_needs_tls(tmp_path, caller, address):
    run, line = check(tmp_path, caller, "  address: 127.0.0.1", f'  address: "{address}"')
    assert run.returncode != 0
    assert f"line {line}" in run.stderr or f":{line}:" in run.stderr
    assert "TLS" in run.stderr


def test_a_file_that_is_not_there_is_an_error(tmp_path, built):
    run = subprocess.run([CORDON, "serve", "--config", tmp_path / "no.yaml"], capture_output=True, text=True, timeout=120)
    assert run.returncode not in (0, -4, -6, -11) and "no.yaml" in run.stderr


def test_a_credential_that_is_not_set_stops_the_start(tmp_path, caller):
    run, _ = check(
        tmp_path, caller, "    region: us-east", "    region: us-east\n    credential:\n      environment: NOT_SET_ANYWHERE")
    assert run.returncode not in (0, -4, -6, -11) and "NOT_SET_ANYWHERE" in run.stderr


@pytest.mark.parametrize("secret", ["[default]\naws_access_key_id = A\n", "[other]\naws_access_key_id = A\naws_secret_access_key = b\n"])
def test_a_file_of_credentials_without_an_access_key_stops_the_start(tmp_path, caller, secret):
    (tmp_path / "aws").write_text(secret)
    run, _ = check(
        tmp_path, caller, "    kind: openai\n    base_url: http://127.0.0.1:9/v1",
        f"    kind: bedrock\n    base_url: http://127.0.0.1:9\n    aws_region: us-east-1\n    credential: {{{{file: {tmp_path / 'aws'}}}}}")
    assert run.returncode not in (0, -4, -6, -11) and "access key" in run.stderr


def test_the_documented_example_is_valid_but_for_its_places(tmp_path, caller):
    text = (ROOT / "Examples/cordon.yaml").read_text()
    text = re.sub(r"key_hash: .*", f"key_hash: {caller.hash}", text)
    (tmp_path / "cordon.yaml").write_text(text)
    run = subprocess.run(
        [CORDON, "serve", "--config", tmp_path / "cordon.yaml", "--check"], capture_output=True, text=True, timeout=120,
        env={**os.environ, "EXAMPLE_VENDOR_KEY": "x"}, cwd=tmp_path)
    assert run.returncode == 0, run.stderr


def test_with_a_certificate_it_serves_tls(tmp_path, caller):
    certificate, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    os.chmod(key, 0o600)

    from conftest import SECRETS, Gateway, configuration, new_vault
    import time

    settings = configuration(tmp_path, "http://127.0.0.1:9/v1", caller)
    settings["listen"].update(address="0.0.0.0", tls={"certificate": str(certificate), "key": str(key)})
    gateway = Gateway(tmp_path, settings, caller)
    gateway.write_configuration()
    new_vault(tmp_path, gateway.data)
    with open(tmp_path / "output", "ab") as output:
        gateway.process = subprocess.Popen(
            [CORDON, "serve", "--config", tmp_path / "cordon.yaml"], stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            env={**os.environ, **SECRETS})
    try:
        context = ssl.create_default_context(cafile=certificate)
        deadline = time.monotonic() + 120
        while True:
            try:
                with urllib.request.urlopen(f"https://127.0.0.1:{gateway.port}/healthz", context=context, timeout=20) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert time.monotonic() < deadline, gateway.output
                time.sleep(0.05)
        with pytest.raises(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{gateway.port}/healthz", timeout=20)
    finally:
        gateway.process.terminate()
        assert gateway.process.wait(60) == 0
