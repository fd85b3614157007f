"""`cordon explain` tells from the log why one request went as it did, without a word of what it held."""

import json
import os
import shutil
import subprocess
import time

import pytest
from canaries import NOTE, found
from conftest import SECRETS, chat, day, running
from custodians import did
from mock_vendor import saying
from paths import CORDON


def explained(gateway, request, *options):
    return did(gateway.cordon("explain", request, *options))


def test_a_request_that_was_answered(own):
    with own() as (gateway, vendor):
        vendor.script = lambda request, reply: saying(f"{request.prompt} Call 208-555-0199.")(request, reply)
        _, headers, body = gateway.post(chat(NOTE), headers={"x-cordon-patient": "MRN-1", "x-cordon-user": "lee"})
        request = headers["x-request-id"]
        text = explained(gateway, request)
        said = json.loads(explained(gateway, request, "--json"))
        assert said["request"] == request
        for name, value in {
            "caller": "dr-lee", "use_case": "summarize", "purpose": "TREAT", "operation": "chatCompletions",
            "vendor": "mock", "model": "gpt-4o-mini", "region": "us-east", "agreement": "BAA-1", "decision": "allowed",
            "ending": "completed", "status": 200, "client": "127.0.0.1",
        }.items():
            assert said[name] == value, name
        assert said["user"].startswith("p_") and "what_would_change_it" not in said
        assert said["found"]["NAME"] > 0 and said["restored"]["NAME"] > 0 and said["novel"] == {"PHONE": 1}
        assert said["microseconds"]["vendor"] >= 0 and len(said["entries"]) == 2
        assert said["asked_at"] <= said["ended_at"]
        for line in ("asked by      dr-lee", "vendor        mock, model gpt-4o-mini, region us-east", "decision      allowed"):
            assert line in text
        assert not found(text.encode()) and not found(json.dumps(said).encode()) and "MRN-1" not in text


def test_a_request_that_was_refused_says_by_which_rule_and_what_would_change_it(own):
    def edit(configuration):
        configuration["vendors"][0]["agreement"]["expires"] = day(-1)

    with own(edit) as (gateway, _):
        request = gateway.post(chat(NOTE))[1]["x-request-id"]
        text = explained(gateway, request)
        said = json.loads(explained(gateway, request, "--json"))
        assert (said["decision"], said["rule"]) == ("refused, nothing was sent", "baa_not_in_force")
        assert (said["paragraph"], said["agreement"], said["status"]) == ("164.308(b)(3)", "BAA-1", 403)
        assert said["what_would_change_it"] in text and "renew the agreement" in text
        assert not found(text.encode())


def test_a_request_that_is_not_in_the_log(own):
    with own() as (gateway, _):
        run = gateway.cordon("explain", "req_0")
        assert run.returncode == 66 and "has no request `req_0`" in run.stderr


UNCHECKED = "not checked: the key came from the log's own directory"


@pytest.fixture
def planted(tmp_path, caller):
    """A data directory whose log somebody has exchanged for one of their own, with its key; a request in that; both keys."""
    def serve(name):
        (tmp_path / name).mkdir()
        with running(tmp_path / name, caller) as (gateway, _):
            request = gateway.post(chat(NOTE))[1]["x-request-id"]
        return gateway.data, request, did(gateway.cordon("log", "key")).strip()

    (house, _, key), (other, request, forged) = serve("house"), serve("other")
    data = tmp_path / "planted"
    shutil.copytree(house, data)
    shutil.rmtree(data / "log")
    shutil.copytree(other / "log", data / "log")
    shutil.copy(other / "keys/log.vkey", data / "keys/log.vkey")
    return data, request, key, forged


def test_a_log_that_the_vault_does_not_know_is_not_believed(planted):
    data, request, key, forged = planted
    at = time.strftime("%Y-%m-%dT%H:%M:%S.999Z", time.gmtime(time.time() + 1))
    reading = [
        ("explain", request), ("log", "show", "--json"), ("log", "receipt", "--request", request),
        ("evidence", "unsecured", "--at", at, "--scenario", "stolen-disk"),
    ]
    matrix = ("safeguards", "matrix", "--json")

    def cordon(*arguments):
        return subprocess.run(
            [CORDON, *arguments, "--data", data], capture_output=True, text=True, env={**os.environ, **SECRETS})

    for arguments in reading:
        refused = cordon(*arguments)
        assert refused.returncode == 65 and "is not signed by the log's key" in refused.stderr and refused.stdout == "", arguments
    refused = cordon(*matrix)
    assert refused.returncode == 65 and "it is not this installation's log" in refused.stderr and refused.stdout == ""

    # Where there is no vault, whose key it is is said, and a key that somebody kept is held against it.
    shutil.rmtree(data / "vault")
    for arguments in (*reading, matrix):
        believed = cordon(*arguments)
        assert UNCHECKED in believed.stderr and "--key" in believed.stderr and believed.stdout, arguments
        given = cordon(*arguments, "--key", forged)
        assert given.stderr == "" and given.stdout, arguments
        refused = cordon(*arguments, "--key", key)
        assert refused.returncode in (1, 65) and UNCHECKED not in refused.stderr and request not in refused.stdout, arguments
        assert refused.stdout == "" or "the log is not whole" in refused.stdout, arguments
    said = [json.loads(cordon(*reading[-1], "--json", *more).stdout)["key"] for more in ((), ("--key", forged))]
    assert said == ["own", "given"]


def test_the_vault_key_tells_whose_drills_count(own):
    with own() as (gateway, _):
        gateway.post(chat(NOTE))
        shown = gateway.cordon("safeguards", "matrix")
        assert did(shown) and shown.stderr == ""
        locked = subprocess.run([CORDON, "safeguards", "matrix", "--data", gateway.data], capture_output=True, text=True)
        assert did(locked) and UNCHECKED in locked.stderr
