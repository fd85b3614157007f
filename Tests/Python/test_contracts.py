"""A use case's contract: what it does not name is dropped before the vendor, and counted."""

import json
import re

from canaries import NOTE, found
from conftest import chat
from test_vendors import of


def contract(**change):
    def edit(configuration):
        configuration["use_cases"][0]["contract"] = {"shares": ["messages", "temperature", "metadata.unit"], "retains": ["patient"], **change}
    return edit


def dropped(gateway):
    return int(re.search(r"^cordon_fields_dropped_total (\d+)$", gateway.get("/metrics")[2].decode(), re.M)[1])


# proves: LIF-06
def test_a_field_outside_of_the_contract_is_dropped_and_counted(own):
    with own(contract()) as (gateway, vendor):
        asked = chat(NOTE, temperature=0.5, user="48291773", metadata={"unit": "3 West", "mrn": "48291773"}, seed=7)
        for stream in (False, True):
            status, headers, _ = gateway.post({**asked, "stream": stream}, headers={"x-cordon-patient": "4711", "x-cordon-user": "lee"})
            assert status == 200
        for request in vendor.requests:
            assert set(request.json) <= {"model", "messages", "temperature", "metadata", "stream", "store"}
            assert request.json["metadata"] == {"unit": "3 West"} and request.json["temperature"] == 0.5
        assert found(vendor.received) == []
        # `user`, `metadata.mrn` and `seed`, and the member of the workforce whom the log does not retain.
        opened = of(gateway, "request.opened")
        assert [entry["fields_dropped"] for entry in opened] == [4, 4]
        assert all("user" not in entry for entry in opened)
        assert dropped(gateway) == 8
        told = gateway.cordon("explain", headers["x-request-id"]).stdout
        assert "4 fields outside of the contract" in told
        assert b"3 West" not in json.dumps(gateway.entries()).encode()


def test_a_request_within_the_contract_loses_nothing(own):
    with own(contract(shares=["messages"], retains=["patient", "user"])) as (gateway, vendor):
        assert gateway.post(chat("hello"), headers={"x-cordon-user": "lee"})[0] == 200
        assert of(gateway, "request.opened")[0]["fields_dropped"] == 0 and dropped(gateway) == 0
