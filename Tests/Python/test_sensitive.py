"""What stays inside: requests that hold or declare it go to the vendor in the house, tool servers outside get none."""

import json

from conftest import chat
from mock_vendor import MockVendor


def test_what_a_header_declares_goes_only_to_the_vendor_in_the_house(own):
    local = MockVendor()

    def change(configuration):
        outside = configuration["vendors"][0]
        configuration["vendors"].append({**outside, "id": "local", "base_url": local.url, "inside": True})
        configuration["sensitive"] = {"classes": ["hiv", "substance_use"], "vendor": "local", "model": "llama-3"}

    try:
        with own(change) as (gateway, vendor):
            for declared in ("hiv", "SUD", "hiv, substance_use"):
                headers = {"x-cordon-sensitivity": declared}
                assert gateway.post(chat("hello"), headers=headers)[0] == 200
            assert not vendor.requests and len(local.requests) == 3
            assert gateway.post(chat("hello"), headers={"x-cordon-sensitivity": "genomics"})[0] == 200
            assert not vendor.requests and len(local.requests) == 4
            status, _, body = gateway.post(chat("hello"), headers={"x-cordon-sensitivity": "rumours"})
            assert (status, json.loads(body)["error"]["code"]) == (400, "invalid_request")
            page = gateway.get("/metrics")[2].decode()
            assert 'cordon_sensitive_requests_total{class="hiv"} 2' in page
    finally:
        local.close()
