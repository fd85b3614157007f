"""`cordon explain` tells from the log why one request went as it did, without a word of what it held."""

import json

from canaries import NOTE, found
from conftest import chat, day
from custodians import did
from mock_vendor import saying


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
