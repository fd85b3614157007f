"""A tool server behind the gateway: calls lose their identifiers on the way out, and answers get them back."""

import json

import pytest
from canaries import NOTE, found
from conftest import eventually, running
from test_sdk import TOKEN

SERVER = "/mcp/literature"
TOOLS = [
    {"name": "find_articles", "description": "Finds articles.", "inputSchema": {"type": "object"}},
    {"name": "send_mail", "description": "Sends a mail to anybody.", "inputSchema": {"type": "object"}},
]


def tool_server(answer=None, streams=False, tells=(), session="s-1", cut=7):
    """A script for the mock vendor: an MCP server that echoes the arguments of each call, whole or as events."""

    def script(request, reply):
        message = request.json
        if "id" not in message:
            reply.whole(b"", 202, session=session)
            return
        result = {
            "initialize": {
                "protocolVersion": "2025-06-18", "serverInfo": {"name": "literature", "version": "1"},
                "capabilities": {"tools": {"listChanged": False}, "resources": {}, "prompts": {}},
            },
            "ping": {},
            "tools/list": {"tools": TOOLS},
            "tools/call": {
                "content": [{"type": "text", "text": json.dumps(message.get("params", {}).get("arguments"))}],
                "structuredContent": message.get("params", {}).get("arguments"), "isError": False},
        }[message["method"]]
        body = json.dumps(answer or {"jsonrpc": "2.0", "id": message["id"], "result": result}).encode()
        headers = {"mcp-session-id": session} if message["method"] == "initialize" else {}
        if not streams:
            reply.whole(body, **{name.replace("-", "_"): value for name, value in headers.items()})
            return
        events = b"".join(b"event: message\r\ndata: " + json.dumps(notice).encode() + b"\r\n\r\n" for notice in tells)
        events += b"id: 9\ndata: " + body + b"\n\n"
        reply.begin_stream()
        reply.chunk(*[events[at : at + cut] for at in range(0, len(events), cut)])
        reply.end_stream()

    return script


@pytest.fixture(scope="module")
def tools(tmp_path_factory, caller):
    def change(configuration):
        vendor = configuration["vendors"][0]
        place = {"base_url": vendor["base_url"] + "/mcp", "agreement": vendor["agreement"], "region": vendor["region"]}
        configuration["vendors"] += [
            {"id": "literature", "kind": "mcp", "tools": ["find_articles"], **place},
            {"id": "records", "kind": "mcp", "tools": ["find_articles"], "identifiers": "clear", **place},
            {"id": "lapsed", "kind": "mcp", "tools": ["find_articles"], **place,
             "agreement": {**vendor["agreement"], "expires": "2026-01-01", "signed": "2025-01-01"}},
            {"id": "unused", "kind": "mcp", "tools": [], **place},
        ]
        configuration["use_cases"][0]["tool_servers"] = ["literature", "records", "lapsed"]

    with running(tmp_path_factory.mktemp("tools"), caller, change) as pair:
        yield pair


@pytest.fixture
def server(tools):
    gateway, vendor = tools
    vendor.forget().script = tool_server()
    return gateway, vendor


def send(gateway, message, path=SERVER, headers=None):
    status, fields, body = gateway.post({"jsonrpc": "2.0", **message}, path, headers)
    return status, fields, json.loads(body) if body else None


def call(gateway, arguments, path=SERVER, name="find_articles", id=4, headers=None):
    return send(
        gateway, {"id": id, "method": "tools/call", "params": {"name": name, "arguments": arguments}}, path, headers)


def test_arguments_go_out_as_tokens_and_results_come_back_restored(server):
    gateway, vendor = server
    arguments = {"about": NOTE, "patient": {"name": "Maria Gonzalez", "limit": 5}}
    status, _, answer = call(gateway, arguments)
    assert status == 200
    assert answer["result"]["structuredContent"] == arguments
    assert json.loads(answer["result"]["content"][0]["text"]) == arguments
    assert found(vendor.received) == []
    assert vendor.requests[0].json["params"]["arguments"]["patient"]["limit"] == 5
    assert TOKEN.search(json.dumps(vendor.requests[0].json))


@pytest.mark.parametrize("cut", [1, 7, 4096])
def test_events_come_back_restored_wherever_they_are_cut(server, cut):
    gateway, vendor = server
    notice = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "searching"}}
    vendor.script = tool_server(streams=True, tells=[notice], cut=cut)
    message = {"id": 4, "method": "tools/call", "params": {"name": "find_articles", "arguments": {"about": NOTE}}}
    status, fields, body = gateway.post({"jsonrpc": "2.0", **message}, SERVER)
    events = [json.loads(line[6:]) for line in body.decode().splitlines() if line.startswith("data: ")]
    assert (status, fields["content-type"]) == (200, "text/event-stream")
    assert events[0] == notice
    assert events[1]["result"]["structuredContent"] == {"about": NOTE}
    assert len(events) == 2
    assert found(vendor.received) == []


def test_the_handshake_tells_neither_side_more_than_tools(server):
    gateway, vendor = server
    parameters = {
        "protocolVersion": "2025-06-18", "capabilities": {"sampling": {}, "roots": {}},
        "clientInfo": {"name": "Maria Gonzalez's agent", "version": "2"}}
    status, fields, answer = send(gateway, {"id": 0, "method": "initialize", "params": parameters})
    assert status == 200
    assert answer["result"]["capabilities"] == {"tools": {"listChanged": False}}
    sent = vendor.requests[0].json["params"]
    assert sent == {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "cordon", "version": "0.1.0"}}
    session = fields["mcp-session-id"]
    assert session != "s-1"
    status, _, body = send(gateway, {"method": "notifications/initialized"}, headers={"mcp-session-id": session})
    assert (status, body) == (202, None)
    assert vendor.requests[1].headers["mcp-session-id"] == "s-1"


@pytest.mark.parametrize("session", ["s-1", "cy0x.00", "Maria Gonzalez", "cy0x." + 64 * "0"])
def test_a_session_that_the_gateway_did_not_name_goes_nowhere(server, session):
    gateway, vendor = server
    status, _, _ = call(gateway, {}, headers={"mcp-session-id": session})
    assert status == 404
    assert vendor.requests == []


def test_a_session_of_another_server_goes_nowhere_and_is_in_the_log(server):
    gateway, vendor = server
    _, fields, _ = send(gateway, {"id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}})
    vendor.forget()
    status, _, _ = call(gateway, {}, "/mcp/records", headers={"mcp-session-id": fields["mcp-session-id"]})
    assert (status, vendor.requests) == (404, [])
    assert gateway.of_requests()[-1]["rule"] == "unknown_session"


@pytest.mark.parametrize("file", ["data:application/pdf;base64,JVBERi0=", "QUJD" * 400])
def test_encoded_bytes_go_nowhere(server, file):
    gateway, vendor = server
    _, _, answer = call(gateway, {"file": file})
    assert answer["error"]["data"]["rule"] == "uninspectable_content"
    assert vendor.requests == []


def test_nothing_goes_out_that_is_neither_the_tool_nor_its_arguments(server):
    gateway, vendor = server
    message = {
        "id": "Ottoline Brackenridge", "method": "tools/call", "extra": NOTE,
        "params": {"name": "find_articles", "arguments": {"limit": 5}, "extra": NOTE,
                   "_meta": {"progressToken": "Ottoline Brackenridge", "note": NOTE}}}
    _, _, answer = send(gateway, message)
    assert answer["id"] == "Ottoline Brackenridge"
    sent = vendor.requests[0].json
    assert sent["params"]["arguments"] == {"limit": 5}
    assert set(sent["params"]) == {"name", "arguments", "_meta"} and set(sent["params"]["_meta"]) == {"progressToken"}
    assert found(vendor.received) == []


def test_only_allowed_tools_are_listed_and_called(server):
    gateway, vendor = server
    _, _, answer = send(gateway, {"id": 1, "method": "tools/list"})
    assert answer["result"]["tools"] == TOOLS[:1]
    vendor.forget().script = tool_server()
    _, _, answer = call(gateway, {"to": "a@b.example"}, name="send_mail")
    assert answer["error"]["data"]["rule"] == "tool_not_allowed"
    assert vendor.requests == []


def test_a_server_that_looks_people_up_gets_what_it_needs(server):
    gateway, vendor = server
    _, _, answer = call(gateway, {"mrn": "4471902"}, "/mcp/records")
    assert vendor.requests[0].json["params"]["arguments"] == {"mrn": "4471902"}
    assert answer["result"]["structuredContent"] == {"mrn": "4471902"}


@pytest.mark.parametrize("path, rule", [
    ("/mcp/lapsed", "baa_not_in_force"), ("/mcp/unused", "use_case_not_granted"), ("/mcp/nobody", "use_case_not_granted"),
])
def test_a_server_without_an_agreement_or_a_use_case_gets_nothing(server, path, rule):
    gateway, vendor = server
    _, _, answer = call(gateway, {"about": NOTE}, path)
    assert answer["error"]["data"]["rule"] == rule
    assert found(json.dumps(answer).encode()) == []
    assert vendor.requests == []


@pytest.mark.parametrize("answer", [
    {"jsonrpc": "2.0", "id": -1, "result": {}}, {"jsonrpc": "2.0", "id": 7, "method": "sampling/createMessage"}, ["no"],
])
@pytest.mark.parametrize("streams", [False, True])
def test_a_server_that_answers_something_else_is_cut_off(server, answer, streams):
    gateway, vendor = server
    vendor.script = tool_server(answer, streams=streams)
    status, fields, body = gateway.post(
        {"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "find_articles", "arguments": {}}}, SERVER)
    told = json.loads(body.decode().removeprefix("event: message\ndata: "))
    assert (status, told["id"], told["error"]["data"]["rule"]) == (200, 4, "vendor_protocol_error")


def test_what_is_no_message_is_told_so_and_goes_nowhere(server):
    gateway, vendor = server
    status, _, body = gateway.post([], SERVER)
    assert (status, json.loads(body)["error"]["code"]) == (400, -32600)
    assert gateway.send("GET", SERVER)[0] == 405
    assert gateway.send("POST", SERVER, b"{}")[0] == 401
    _, _, answer = send(gateway, {"id": 3, "method": "resources/read", "params": {"uri": "file:///x"}})
    assert (answer["id"], answer["error"]["code"]) == (3, -32601)
    assert vendor.requests == []


def test_the_log_says_which_tool_was_called_and_nothing_of_the_call(server):
    gateway, vendor = server
    call(gateway, {"about": NOTE}, headers={"x-cordon-patient": "Patient/4711"})
    entries = eventually(lambda: [
        entry for entry in gateway.entries() if entry.get("object") == "find_articles" and entry["event"] == "request.closed"])
    assert entries[-1]["operation"] == "tools/call"
    assert entries[-1]["vendor"] == "literature"
    assert found(json.dumps(entries).encode()) == []


def test_the_official_client_works(server):
    """With the package `mcp`, where it is installed."""
    mcp = pytest.importorskip("mcp")
    import asyncio

    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    gateway, vendor = server
    vendor.script = tool_server(streams=True)

    async def use():
        http = httpx2.AsyncClient(headers={"authorization": f"Bearer {gateway.caller.key}"})
        url = f"http://127.0.0.1:{gateway.port}{SERVER}"
        async with mcp.Client(streamable_http_client(url, http_client=http)) as client:
            tools = await client.list_tools()
            answer = await client.call_tool("find_articles", {"about": NOTE})
            return [tool.name for tool in tools.tools], answer

    names, answer = asyncio.run(use())
    assert names == ["find_articles"]
    assert json.loads(answer.content[0].text) == {"about": NOTE}
    assert found(vendor.received) == []
