"""Without an agreement in force, in an approved region, that prohibits training, a vendor gets no byte."""

import json

import openai
import pytest
from canaries import NOTE
from conftest import chat, day


def vendor_with(**change):
    """Changes the vendor or its agreement; days are counted from the one on which the gateway starts."""
    def edit(configuration):
        vendor = configuration["vendors"][0]
        for name, value in change.items():
            value = day(value) if type(value) is int else value
            vendor["agreement" if name in vendor["agreement"] else name] = (
                {**vendor["agreement"], name: value} if name in vendor["agreement"] else value)
        if vendor["agreement"] is None:
            del vendor["agreement"]
    return edit


@pytest.mark.parametrize("change, rule", [
    ({"expires": -1}, "baa_not_in_force"),
    ({"signed": 1}, "baa_not_in_force"),
    ({"prohibits_training": False}, "training_not_prohibited"),
    ({"agreement": None}, "no_baa"),
    ({"region": "eu-west"}, "region_not_approved"),
], ids=["expired yesterday", "in force tomorrow", "allows training", "no agreement", "another region"])
def test_the_request_is_refused_and_the_vendors_socket_sees_no_byte(own, change, rule):
    with own(vendor_with(**change)) as (gateway, vendor):
        for stream in (False, True):
            status, headers, body = gateway.post(chat(NOTE, stream=stream))
            assert (status, headers["x-should-retry"]) == (403, "false")
            assert json.loads(body)["error"]["code"] == rule
        with pytest.raises(openai.PermissionDeniedError):
            gateway.client(max_retries=2).chat.completions.create(**chat(NOTE))
        assert vendor.connections == [] and vendor.received == b""
        refused = [entry["rule"] for entry in gateway.entries() if entry["event"] == "request.refused"]
        assert refused == [rule] * 3


@pytest.mark.parametrize("change", [{"expires": 0}, {"signed": 0}], ids=["expires today", "signed today"])
def test_an_agreement_is_in_force_on_its_first_and_its_last_day(own, change):
    with own(vendor_with(**change)) as (gateway, vendor):
        assert gateway.post(chat("hello"))[0] == 200
        assert len(vendor.requests) == 1


def test_a_model_that_the_use_case_does_not_allow_is_refused(gateway, vendor):
    status, _, body = gateway.post({**chat("hello"), "model": "gpt-9"})
    assert (status, json.loads(body)["error"]["code"], vendor.connections) == (403, "model_not_allowed", [])
