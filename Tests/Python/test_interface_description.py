"""The description that the gateway gives of itself (OpenAPI 3.1)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import mock_vendor
import pytest
from conftest import running, speak_every_dialect

OPERATIONS = {"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings", "/v1/moderations",
              "/v1/messages", "/v1/messages/count_tokens"}


@pytest.fixture(scope="module")
def described(every_dialect):
    status, headers, body = every_dialect[0].get("/openapi.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    return json.loads(body)


def test_every_endpoint_is_described_and_answers_as_described(described, polyglot):
    gateway, _ = polyglot
    assert described["openapi"] == "3.1.0"
    assert OPERATIONS | {"/v1/models", "/v1/models/{model}", "/healthz", "/readyz", "/metrics", "/openapi.json", "/log/{file}", "/v1/files/{id}/content",
                         "/v1/batches/{id}", "/v1/messages/batches/{id}/results"} <= set(described["paths"])
    key = {"authorization": f"Bearer {gateway.caller.key}"}
    for path, methods in described["paths"].items():
        taken = [method.upper() for method in methods]
        for method, operation in methods.items():
            status, headers, body = gateway.send(method.upper(), path, b"{}" if method == "post" else None, key)
            answer = operation["responses"][str(status)]
            assert headers["content-type"].split(";")[0] in answer["content"], path
            assert headers["x-request-id"] == headers["request-id"]
        for other in {"GET", "POST", "PUT", "DELETE"} - set(taken):
            status, headers, _ = gateway.send(other, path, b"" if other != "GET" else None, key)
            assert (status, headers["allow"]) == (405, ", ".join(taken)), (other, path)


@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_errors_have_the_described_shape(described, polyglot, path):
    gateway, _ = polyglot
    operation = described["paths"][path]["post"]
    for body in (b"", b"{}", b'{"model":"gpt-none"}', b"[", b'{"model":1}'):
        status, _, answer = gateway.post(body, path)
        assert 400 <= status < 500
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        jsonschema.validate(json.loads(answer), {**schema, "components": described["components"]})
    status, _, _ = gateway.send("POST", path, b"{}")
    assert status == 401 and str(status) in operation["responses"]


def test_it_names_nothing_of_the_configuration(described, polyglot):
    gateway, _ = polyglot
    text = json.dumps(described)
    for name in ("dr-lee", "summarize", "gpt-4o-mini", "claude-sonnet-5", "BAA-1", "us-east", gateway.caller.key):
        assert name not in text


def test_a_model_with_a_slash_in_its_name_is_found(own):
    def change(configuration):
        configuration["use_cases"][0]["models"].append("meta/llama-3:8b")

    with own(change) as (gateway, _):
        assert gateway.client().models.retrieve("meta/llama-3:8b").id == "meta/llama-3:8b"


def test_no_request_that_schemathesis_makes_up_breaks_what_is_described(tmp_path, caller):
    """Among its checks: no 5xx, statuses, types, headers and bodies as described, methods refused.

    What a vendor would refuse is the vendor's to refuse; and `ignored_auth` takes a request with one of the two ways to
    send a key for one without any.
    """
    program = Path(sys.executable).parent / "schemathesis"
    if not program.exists():
        pytest.skip("schemathesis is not installed: run `make clients`")
    def change(configuration):
        speak_every_dialect(configuration)
        for use_case in configuration["use_cases"]:
            use_case["kept_by_vendor"] = {}
        configuration["limits"].update(vendor_silence_seconds=60, request_seconds=60)

    with running(tmp_path, caller, change) as (gateway, vendor):
        vendor.script = mock_vendor.saying("The heart is fine.")
        run = subprocess.run(
            [program, "run", f"{gateway.origin}/openapi.json", "--header", f"authorization: Bearer {caller.key}",
             "--exclude-checks", "positive_data_acceptance,negative_data_rejection,ignored_auth", "--exclude-path", "/log/{file}", "--max-examples", "60",
             "--request-timeout", "120", "--seed", "7", "--suppress-health-check", "all", "--no-color"],
            capture_output=True, text=True, cwd=tmp_path,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(Path(__file__).parent)})
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
        assert len(vendor.requests) > 100
