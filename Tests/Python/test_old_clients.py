"""What clients of earlier years send, in the form and with the headers of their versions, and what they were answered: it stays so.

`RECORD_CLIENTS=1` writes down anew what the vendor got and what the client was answered; the difference is looked at.
"""

import http.client
import json
import os
from pathlib import Path

import mock_vendor
import pytest
from canaries import found

FIXTURES = Path(__file__).parent / "fixtures"
CASES = json.loads((FIXTURES / "clients.json").read_text())
VARYING = ("x-request-id", "request-id", "date", "content-length", "transfer-encoding", "connection")


def exchange(gateway, request):
    """Sends a request with these headers and no others, in their order: the status, the headers and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    try:
        connection.putrequest("POST", request["path"], skip_host=True, skip_accept_encoding=True)
        body = request["body"].encode()
        for name, value in [*request["headers"], ["Host", f"127.0.0.1:{gateway.port}"], ["Content-Length", str(len(body))]]:
            connection.putheader(name, value.replace("@KEY@", gateway.caller.key))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def answering(case):
    """A vendor that says what it has said then, with what it was told in the place of `@PROMPT@`."""

    def script(request, reply):
        said = json.dumps(request.prompt, ensure_ascii=False)[1:-1] if "@PROMPT@" in case["vendor"]["body"] else ""
        body = case["vendor"]["body"].replace("@PROMPT@", said).encode()
        kind = case["vendor"]["type"]
        if kind == "text/event-stream":
            reply.begin_stream(kind)
            reply.chunk(*[event + b"\n\n" for event in body.split(b"\n\n") if event])
            reply.end_stream()
        else:
            reply.whole(body, content_type=kind)

    return script


def joined(events):
    """The events of a stream, one after the other, those that bring a text after another as one: where it is cut says nothing."""
    made = []
    for event in events.removesuffix("\n\n").split("\n\n"):
        name, _, data = event.rpartition("data: ")
        data = data if data == "[DONE]" else json.loads(data)
        delta = data["choices"][0]["delta"] if "choices" in data else data.get("delta", {}) if data != "[DONE]" else {}
        member = next((one for one in ("content", "text") if set(delta) - {"type"} == {one}), None)
        text = delta.pop(member) if member else None
        if member and made and made[-1][:2] == [name, data] and made[-1][2] is not None:
            made[-1][2] += text
        else:
            made.append([name, data, text])
    return made


# proves: IOC-25
@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_an_old_client_is_answered_as_it_was(polyglot, number):
    gateway, vendor = polyglot
    case = CASES[number]
    vendor.script = answering(case)
    status, headers, body = exchange(gateway, case["request"])
    text = joined(body.decode()) if headers["content-type"] == "text/event-stream" else body.decode()
    got = {"status": status, "headers": {name: value for name, value in headers.items() if name not in VARYING}, "body": text}
    sent = vendor.requests[0].body.decode() if vendor.requests else None
    if status >= 400:
        # The sentence of an error is for people, and may change.
        got["body"] = {name: value for name, value in json.loads(body)["error"].items() if name != "message"}
    if os.environ.get("RECORD_CLIENTS"):
        case["answer"], case["sent"] = got, None if case["searched"] else sent
        (FIXTURES / "clients.json").write_text(json.dumps(CASES, indent=1, ensure_ascii=False) + "\n")
    assert got == case["answer"]
    assert headers["x-request-id"] == headers["request-id"] and headers["x-request-id"].startswith("req_")
    assert found(vendor.received) == []
    assert bool(sent) == (status == 200)
    # What has an identifier in it goes out with tokens, which are another installation's own.
    if not case["searched"]:
        assert sent == case["sent"]
    for name, value in case.get("vendor_headers", {}).items():
        assert vendor.requests[0].headers[name] == value


def lacking(old, new, where=""):
    """Where a description lacks something of an older one, or asks for something that the older one had not asked for."""
    if isinstance(old, dict):
        if not isinstance(new, dict):
            return [where]
        missing = [f"{where}/{name}" for name in old if name not in new]
        if "name" in new and "in" in new and not old.get("required") and new.get("required"):
            missing.append(f"{where}: required")
        # A pattern that takes more is another text, of which nobody can tell that.
        both = [name for name in old if name in new and name not in ("description", "summary", "pattern")]
        return missing + [place for name in both for place in lacking(old[name], new[name], f"{where}/{name}")]
    if isinstance(old, list):
        if not isinstance(new, list):
            return [where]
        if where.endswith("/parameters"):
            known = {(one["in"], one["name"]) for one in old}
            added = [f"{where}: {one['name']}" for one in new if one.get("required") and (one["in"], one["name"]) not in known]
            named = {(one["in"], one["name"]): one for one in new}
            return added + [place for one in old for place in lacking(one, named.get((one["in"], one["name"])), f"{where}/{one['name']}")]
        return [where for one in old if one not in new]
    return [] if old == new else [where]


# proves: IOC-25
def test_what_interface_1_had_is_there(polyglot):
    gateway, _ = polyglot
    path = FIXTURES / "interface-1.json"
    present = json.loads(gateway.get("/openapi.json")[2])
    if os.environ.get("RECORD_CLIENTS") and not path.exists():
        path.write_text(json.dumps(present, separators=(",", ":")) + "\n")
    known = json.loads(path.read_text())
    assert present["info"]["version"] == known["info"]["version"] == "1"
    assert lacking(known, present) == []


def test_what_a_newer_description_lacks_is_seen():
    old = {"paths": {"/a": {"get": {"parameters": [{"in": "query", "name": "n", "schema": {"enum": ["x", "y"]}}], "description": "one"}}}}
    more = {"paths": {"/a": {"get": {"parameters": [{"in": "query", "name": "m"}, {"in": "query", "name": "n", "schema": {"enum": ["x", "y", "z"]}}], "description": "two"}}, "/b": {}}}
    assert lacking(old, more) == []
    parameters = "/paths//a/get/parameters"
    for change, place in [
        (lambda get: get["parameters"][1].update(required=True), f"{parameters}/n: required"),
        (lambda get: get["parameters"][0].update(required=True), f"{parameters}: m"),
        (lambda get: get["parameters"][1]["schema"]["enum"].remove("y"), f"{parameters}/n/schema/enum"),
        (lambda get: get["parameters"].pop(), f"{parameters}/n"),
    ]:
        newer = json.loads(json.dumps(more))
        change(newer["paths"]["/a"]["get"])
        assert lacking(old, newer) == [place]
