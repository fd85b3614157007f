"""Policies on the way to tool servers: what these are told, what they may be shown, and what comes back of what they say."""

import json

import pytest
from canaries import found
from conftest import running
from test_policy_gateway import NOTE, with_policies
from test_sdk import TOKEN
from test_tools import call, send, tool_server

SHOWN = "Patient Maria Gonzalez, MRN 8830217, seen 03/02/2026 for chest pain."
KNOWN = {"mrn": "8830217", "name": "Maria Gonzalez", "visits": 3}


def answer(echo):
    """What a server answers that says back what it is told, and what it knows besides."""
    return {
        "content": [{"type": "text", "text": f"{echo} {SHOWN}"}, {"type": "image", "data": "QUJD", "mimeType": "image/png"}],
        "structuredContent": {"patient": KNOWN}, "_meta": {"record": {"mrn": 8830217}}, "isError": False}


def record_server(request, reply):
    message = request.json
    if message.get("method") != "tools/call":
        tool_server()(request, reply)
        return
    result = answer(json.dumps(message["params"]["arguments"]["about"]))
    reply.whole(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}).encode())


@pytest.fixture(scope="module")
def house(tmp_path_factory, caller):
    def change(configuration):
        vendor = configuration["vendors"][0]
        place = {"kind": "mcp", "tools": ["find_articles"], "base_url": vendor["base_url"] + "/mcp",
                 "agreement": vendor["agreement"], "region": vendor["region"]}
        configuration["regions"].append("eu-west")
        configuration["vendors"] += [
            {"id": "literature", **place},
            {"id": "records", **place, "identifiers": "clear"},
            {"id": "abroad", **place, "region": "eu-west"},
        ]
        for use_case in configuration["use_cases"][:2]:
            use_case["tool_servers"] = ["literature", "records", "abroad"]
        with_policies(configuration)
        # Its answers may hold identifiers as far as the configuration goes; only, nobody has approved it.
        configuration["use_cases"][1]["restore"] = "all"

    with running(tmp_path_factory.mktemp("policy-tools"), caller, change) as pair:
        yield pair


@pytest.fixture
def server(house):
    gateway, vendor = house
    vendor.forget().script = record_server
    return gateway, vendor


def use(gateway, server, use_case="summarize", about=NOTE, **stated):
    headers = {"x-cordon-use-case": use_case, **{f"x-cordon-{name}": value for name, value in stated.items()}}
    return call(gateway, {"about": about}, f"/mcp/{server}", headers=headers)[2]


def last(gateway, event):
    return [one for one in gateway.entries() if one["event"] == event][-1]


def test_who_may_see_identifiers_is_told_them_and_the_log_says_by_which_policy(server):
    gateway, vendor = server
    said = use(gateway, "literature")["result"]
    assert said == answer(json.dumps(NOTE))
    assert "Abernathy" not in vendor.received.decode() and TOKEN.search(vendor.received.decode())
    assert last(gateway, "request.opened")["policy"] == "clinician-uses-tools+clinician-sees-identifiers"
    use(gateway, "records")
    assert vendor.requests[-1].json["params"]["arguments"] == {"about": NOTE}


def test_who_may_not_is_told_tokens_and_nothing_that_the_server_knows(server):
    gateway, vendor = server
    said = use(gateway, "literature", "research")["result"]
    text, record = said["content"][0]["text"], said["structuredContent"]["patient"]
    assert len(vendor.requests) == 1
    assert TOKEN.search(text) and "chest pain" in text and "[NAME]" in text
    for value in ("Abernathy", "4471-20", "Gonzalez", "8830217"):
        assert value not in json.dumps(said), said
    assert record["visits"] == 3
    assert "cannot be searched" in said["content"][1]["text"] and said["_meta"] == {"record": {"mrn": "[MRN]"}}
    assert last(gateway, "request.opened")["policy"] == "clinician-uses-tools"


def test_a_server_that_would_be_shown_what_nobody_approved_is_told_nothing(server):
    gateway, vendor = server
    refused = use(gateway, "records", "research")["error"]
    assert refused["data"]["rule"] == "forbidden_by_policy" and "`identifiers-without-approval`" in refused["message"]
    assert vendor.requests == [] and "Abernathy" not in json.dumps(refused)
    assert last(gateway, "request.refused")["policy"] == "identifiers-without-approval"
    # What identifies nobody may go.
    assert use(gateway, "records", "research", about="chest pain")["result"]


@pytest.mark.parametrize("server_name, stated, rule, policy", [
    ("literature", {"confidentiality": "V"}, "forbidden_by_policy", "very-restricted-to-a-tool"),
    ("abroad", {}, "forbidden_by_policy", "tool-outside-the-country"),
    ("literature", {"about": NOTE + " Opioid use disorder, on buprenorphine."}, "forbidden_by_policy", "substance-use-without-consent"),
    ("records", {"about": "Call Maria Gonzalez at 617-555-0143."}, "not_permitted_by_policy", "clinician-uses-tools"),
])
def test_what_a_model_is_not_told_a_tool_is_not_told_either(server, server_name, stated, rule, policy):
    gateway, vendor = server
    refused = use(gateway, server_name, **stated)["error"]
    assert refused["data"]["rule"] == rule and f"`{policy}`" in refused["message"], refused
    assert vendor.requests == [] and found(json.dumps(refused).encode()) == []


def test_a_message_that_names_no_tool_is_about_its_server(server):
    gateway, vendor = server
    headers = {"x-cordon-use-case": "summarize"}
    assert send(gateway, {"id": 1, "method": "tools/list"}, "/mcp/literature", headers)[2]["result"]["tools"]
    refused = send(gateway, {"id": 1, "method": "tools/list"}, "/mcp/abroad", headers)[2]["error"]
    assert "`tool-outside-the-country`" in refused["message"] and len(vendor.requests) == 1
