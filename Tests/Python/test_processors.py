"""Who has processed an answer, by what its headers say: only the vendor and the subcontractors of its agreement, in its region."""

import hashlib
import json

import mock_vendor
import pytest
from canaries import NOTE, found
from conftest import chat, day, eventually, speak_every_dialect
from mock_vendor import MockVendor
from test_batches import upload
from vendor_keeping import Keeping

SAYS = {
    "region": {"header": "x-ms-region", "names": ["East US", "East US 2"]},
    "provider": {"header": "x-inference-provider", "names": {"Amazon Bedrock": "aws"}},
}
GOOD = {"x-ms-region": "East US", "x-inference-provider": "Amazon Bedrock"}


def subcontractor(name, since=-30, until=300, **more):
    return {"name": name, "agreement": f"S-{name}", "effective": day(since), "expires": day(until), **more}


def compared(configuration):
    """The vendor says who has processed its answers, and has subcontractors, one of them with no agreement in force."""
    vendor = configuration["vendors"][0]
    vendor["says"] = SAYS
    vendor["agreement"]["subcontractors"] = [
        subcontractor("aws"), subcontractor("elsewhere", models=["gpt-4o"]),
        subcontractor("lapsed", until=-1, models=["gpt-4o"])]
    configuration["use_cases"][0]["models"] = ["gpt-4o-mini", "gpt-4o"]


def code(answer):
    """The code of an error, whole or as the last event of a stream."""
    body = answer.rpartition(b"data: ")[2] if answer.startswith(b"data: ") else answer
    return json.loads(body)["error"]["code"]


def said_back(answer):
    """What an answer says, whole or as a stream that has come to its end."""
    if not answer.startswith(b"data: "):
        return json.loads(answer)["choices"][0]["message"]["content"]
    assert answer.endswith(b"data: [DONE]\n\n")
    events = [json.loads(event[6:]) for event in answer.split(b"\n\n") if event.startswith(b"data: {")]
    return "".join(event["choices"][0]["delta"].get("content") or "" for event in events)


def alerts(gateway):
    return [one for one in gateway.entries() if one["event"] == "alert.raised" and one["rule"] == "other_processor"]


def ended(gateway):
    """How the last request ended."""
    one = [one for one in gateway.entries() if one["event"] == "request.closed"][-1]
    return one["outcome"], one["status"], one.get("rule")


# proves: VEN-06
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_answer_that_names_an_unlisted_region_or_provider_is_not_released_and_raises_a_finding(own, stream):
    with own(compared) as (gateway, vendor):
        def asked(model="gpt-4o-mini", **said):
            vendor.headers = {**GOOD, **said}
            return gateway.post(chat(NOTE, stream=stream) | {"model": model})

        # The vendor itself and whom it lists go through, however their names are written.
        for said in ({}, {"x-ms-region": "EAST us 2"}, {"x-inference-provider": "aws"}, {"x-inference-provider": "Mock"}):
            status, headers, body = asked(**said)
            assert status == 200 and said_back(body) == NOTE and body.startswith(b"data: ") == stream
            assert not set(GOOD) & {name.lower() for name in headers}
            eventually(lambda: ended(gateway) == ("completed", 200, None))
        assert alerts(gateway) == []
        hashed = "region:sha256:" + hashlib.sha256(b"east us 3").hexdigest()
        for said, named in [
            ({"x-ms-region": "westeurope"}, "region:westeurope"), ({"x-ms-region": "East US 3"}, hashed),
            ({"x-inference-provider": "acme"}, "provider:acme"), ({"x-inference-provider": "elsewhere"}, "provider:elsewhere"),
            ({"x-inference-provider": ""}, "provider"),
        ]:
            told = len(alerts(gateway))
            # It is told once, however often it comes.
            for _ in range(2):
                status, _, body = asked(**said)
                assert (status, code(body), found(body)) == (502, "other_processor", [])
                assert ended(gateway) == ("vendor_failed", 502, "other_processor")
            [*_, alert] = eventually(lambda: len(alerts(gateway)) > told and alerts(gateway))
            assert len(alerts(gateway)) == told + 1
            assert (alert["vendor"], alert["object"]) == ("mock", named)
        said = b"alert `other_processor`: an answer was not processed by whom, or where, the agreement says: vendor mock, "
        eventually(lambda: said in gateway.output)
        eventually(lambda: 'cordon_alerts_total{rule="other_processor"} 5' in gateway.get("/metrics")[2].decode())
        # Of whom nothing is in force, requests for the model get no further than that, whoever would answer.
        before = len(vendor.requests)
        status, _, body = asked(model="gpt-4o", **{"x-inference-provider": "lapsed"})
        assert (status, code(body), len(vendor.requests)) == (403, "subcontractor_not_covered", before)
        # For a model that it has nothing to do with, it is one that is not listed.
        status, _, body = asked(**{"x-inference-provider": "lapsed"})
        assert (status, code(body)) == (502, "other_processor")
        assert found(vendor.received) == []
    assert gateway.cordon("log", "verify").returncode == 0


def test_the_next_vendor_is_asked_and_the_client_is_told_in_its_dialect(own):
    other = MockVendor()

    def change(configuration):
        compared(configuration)
        speak_every_dialect(configuration)
        configuration["vendors"].append(
            {**configuration["vendors"][0], "id": "second", "base_url": other.url})
        del configuration["vendors"][-1]["says"]
        configuration["use_cases"][0]["fallbacks"] = [{"vendor": "second"}]

    try:
        with own(change) as (gateway, vendor):
            vendor.headers = {**GOOD, "x-inference-provider": "acme"}
            status, _, body = gateway.post(chat(NOTE))
            assert status == 200 and json.loads(body)["choices"][0]["message"]["content"] == NOTE
            assert len(vendor.requests) == len(other.requests) == 1
            status, _, body = gateway.post(
                {"model": "claude-sonnet-5", "max_tokens": 50, "messages": [{"role": "user", "content": NOTE}]},
                "/v1/messages", {"x-cordon-use-case": "claude"})
            assert status == 502 and json.loads(body)["type"] == "error" and found(body) == []
            assert ended(gateway)[2] == "other_processor"
    finally:
        other.close()


@pytest.mark.parametrize("path, model, more", [
    ("/v1/embeddings", "text-embedding-3-small", {"input": NOTE}),
    ("/v1/responses", "gpt-4o-mini", {"input": NOTE, "store": False}),
], ids=["embeddings", "responses"])
def test_every_operation_is_compared(own, path, model, more):
    def change(configuration):
        compared(configuration)
        configuration["use_cases"][0]["models"].append(model)

    with own(change) as (gateway, vendor):
        vendor.headers = GOOD
        assert gateway.post({"model": model, **more}, path)[0] == 200
        vendor.headers = {**GOOD, "x-ms-region": "westeurope"}
        status, _, body = gateway.post({"model": model, **more}, path)
        assert (status, code(body), ended(gateway)[2]) == (502, "other_processor", "other_processor")


def test_what_a_vendor_keeps_is_compared_when_it_is_fetched(own):
    def change(configuration):
        compared(configuration)
        configuration["use_cases"][0]["kept_by_vendor"] = {"seconds": 3600}

    with own(change) as (gateway, vendor):
        vendor.script, vendor.headers = Keeping(), GOOD
        body = json.loads(gateway.post({"model": "gpt-4o-mini", "input": NOTE, "store": True, "background": True}, "/v1/responses")[2])
        key = {"authorization": f"Bearer {gateway.caller.key}"}
        assert gateway.get(f"/v1/responses/{body['id']}", headers=key)[0] == 200
        vendor.headers = {**GOOD, "x-inference-provider": "acme"}
        status, _, told = gateway.get(f"/v1/responses/{body['id']}", headers=key)
        assert (status, code(told), found(told)) == (502, "other_processor", [])
        # One that others have made is deleted where it is kept, and nobody hears of it.
        status, _, told = gateway.post({"model": "gpt-4o-mini", "input": NOTE, "store": True}, "/v1/responses")
        assert (status, code(told)) == (502, "other_processor")
        eventually(lambda: set(vendor.script.kept) == {body["id"]})
        assert eventually(lambda: alerts(gateway))[0]["object"] == "provider:acme"


def test_files_are_compared(own):
    def change(configuration):
        compared(configuration)
        configuration["use_cases"][0]["kept_by_vendor"] = {}

    with own(change) as (gateway, vendor):
        vendor.script, vendor.headers = mock_vendor.batches(), GOOD
        file = upload(gateway.client())
        key = {"authorization": f"Bearer {gateway.caller.key}"}
        content = gateway.get(f"/v1/files/{file.id}/content", headers=key)
        assert content[0] == 200 and b"Brackenridge" in content[2]
        vendor.headers = {"x-ms-region": "westeurope", "x-inference-provider": "aws"}
        status, _, told = gateway.get(f"/v1/files/{file.id}/content", headers=key)
        assert (status, code(told), found(told)) == (502, "other_processor", [])
        assert eventually(lambda: alerts(gateway))[0]["object"] == "region:westeurope"
