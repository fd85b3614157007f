"""By default nothing of what was asked and answered is kept, here or with the vendor."""

import re

from canaries import NOTE, contents, found
from conftest import chat


# proves: LIF-02
def test_by_default_nothing_of_prompt_or_answer_is_kept_and_the_vendor_is_told_to_keep_nothing(own):
    prose = "The quince marmalade recipe calls for unhurried simmering over a low flame."
    with own() as (gateway, vendor):
        for stream in (False, True):
            assert gateway.post(chat(f"{NOTE}\n{prose}", stream=stream))[0] == 200
        # A chat completion is not kept unless it asks for it; of a response, which is, the flag is set.
        assert [request.json.get("store", False) for request in vendor.requests] == [False, False]
        gateway.client().responses.create(model="gpt-4o-mini", input=f"{NOTE}\n{prose}")
        assert vendor.requests[-1].json["store"] is False
        assert all(prose.encode() in request.body for request in vendor.requests) and len(vendor.requests) == 3
        refused = gateway.post({"model": "gpt-4o-mini", "input": prose, "store": True}, path="/v1/responses")
        assert refused[0] == 403 and len(vendor.requests) == 3
        gateway.stop()
        kept = [prose, "quince marmalade", "unhurried simmering", "Potassium 4.10", "troponin 0.04"]
        for path, content in contents(gateway.data):
            assert found(path.name.encode() + content, kept) == [], path
        assert found(gateway.output, kept) == []
        # What is kept are hashes and counts.
        opened = [entry for entry in gateway.entries() if entry["event"] == "request.opened"]
        assert all(re.fullmatch(r"[0-9a-f]{64}", entry["sent"]) and entry["identifiers"]["NAME"] > 0 for entry in opened)
