"""Every policy of the hospital's that forbids has a request that it refuses; one that forbids all refuses every kind of call."""

import json
import re
import threading

import mock_vendor
import pytest
from canaries import found
from conftest import chat, day, eventually, new_caller, running, speak_every_dialect
from test_batches import lines
from test_policy_gateway import CONTEXT, HOSPITAL, NOTE, RESEARCH, classes, someone, thing, with_policies
from test_reload import reloaded
from test_tools import tool_server
from test_vendors import patient, slowly
from vendor_keeping import Keeping

ROUTE = "summarize/mock/gpt-4o-mini"
OWN = {"type": "Person", "id": "ann"}
MCP = {"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "find_articles", "arguments": {"about": NOTE}}}


def chatting(text=NOTE, use_case="summarize", of="dr-lee", **stated):
    """A conversation with a model, under a use case, by a caller, with what headers state."""
    return of, "/v1/chat/completions", chat(text), {"x-cordon-use-case": use_case, **headers(stated)}


def calling(server, use_case="summarize", **stated):
    """The call of a tool."""
    return "dr-lee", f"/mcp/{server}", MCP, {"x-cordon-use-case": use_case, **headers(stated)}


def deciding(subject, action, resource, context=None, **more):
    """What an application asks at the decision endpoint."""
    asked = {**(CONTEXT if context is None else context), **more}
    return "dr-lee", "/access/v1/evaluation", {
        "subject": subject, "action": {"name": action}, "resource": resource, "context": asked}, {}


def granting(role, to):
    return deciding(
        someone("security-engineer"), "grant-role", to,
        {"role": {"type": "Role", "id": role}, "circumstances": {"mfa": True}})


def headers(stated):
    return {f"x-cordon-{name}": value for name, value in stated.items()}


def dataset(*names, **properties):
    return thing("Dataset", classes=[{"type": "DataClass", "id": name} for name in names],
                 **{"environment": "production", "assigned": [OWN], **properties})


RESEARCHING = {"purpose": RESEARCH, **classes("deidentified")}

# What each policy that forbids is there for: what goes to models and tools goes through the gateway, the rest is what other
# applications ask before they do it.
FORBIDDEN = {
    "substance-use-without-consent": chatting(NOTE + " Opioid use disorder, on buprenorphine."),
    "psychotherapy-without-authorization": chatting(NOTE + " From the psychotherapy notes of last week."),
    "restricted-by-patient": chatting(restricted="true"),
    "very-restricted-to-a-model": chatting(confidentiality="V"),
    "vendor-outside-the-country": chatting(use_case="abroad"),
    "unmanaged-device": chatting(of="kiosk"),
    "administrators-and-auditors-see-no-data": chatting(of="auditor"),
    "very-restricted-to-a-tool": calling("literature", confidentiality="V"),
    "tool-outside-the-country": calling("abroad-tools"),
    "identifiers-without-approval": calling("records", "research"),
    "vendor-without-agreement": deciding(
        someone("clinician"), "ask", {"type": "Route", "id": "lapsed/lapsed/gpt-4o-mini"}),
    "vendor-that-trains-on-input": deciding(
        someone("clinician"), "ask", {"type": "Route", "id": "trains/trains/gpt-4o-mini"}),
    "tool-without-agreement": deciding(someone("clinician"), "use-tool", {"type": "Tool", "id": "lapsed-tools/find_articles"}),
    "tool-that-trains-on-input": deciding(someone("clinician"), "use-tool", {"type": "Tool", "id": "trains-tools/find_articles"}),
    "production-data-elsewhere": deciding(
        someone("data-scientist", environment="development"), "read", dataset("deidentified"), **RESEARCHING),
    "licence-has-ended": deciding(
        someone("data-scientist", environment="production"), "read", dataset("deidentified", licence="2020-01-01"), **RESEARCHING),
    "own-answer": deciding(someone("reviewer"), "review", thing("Answer", asker=OWN)),
    "own-policy": deciding(
        someone("security-engineer"), "approve-policy", thing("PolicyVersion", author=OWN), {"circumstances": {"mfa": True}}),
    "own-role": granting("clinician", someone("security-engineer")),
    "keys-and-data": granting("system-administrator", someone("clinician", name="joe")),
    "auditor-and-anything": granting("auditor", someone("reviewer", name="joe")),
    "reviewer-and-asker": granting("reviewer", someone("data-scientist", name="joe")),
}
# What covers a vendor is looked at before policies are asked, which so refuse it to other applications only: by which rule what
# would go there is refused.
BEFORE = {
    "vendor-without-agreement": ("baa_not_in_force", chatting(use_case="lapsed")),
    "vendor-that-trains-on-input": ("training_not_prohibited", chatting(use_case="trains")),
    "tool-without-agreement": ("baa_not_in_force", calling("lapsed-tools")),
    "tool-that-trains-on-input": ("training_not_prohibited", calling("trains-tools")),
}


@pytest.fixture(scope="module")
def callers():
    return {name: new_caller() for name in ("kiosk", "auditor")}


@pytest.fixture(scope="module")
def house(tmp_path_factory, caller, callers):
    def change(configuration):
        mock = configuration["vendors"][0]
        lapsed = {**mock["agreement"], "signed": day(-300), "expires": day(-1)}
        faults = {
            "abroad": {"region": "eu-west"}, "lapsed": {"agreement": lapsed},
            "trains": {"agreement": {**mock["agreement"], "prohibits_training": False}}}
        server = {"kind": "mcp", "tools": ["find_articles"], "base_url": mock["base_url"] + "/mcp",
                  "agreement": mock["agreement"], "region": mock["region"]}
        servers = {
            "literature": {}, "records": {"identifiers": "clear"},
            **{f"{name}-tools": fault for name, fault in faults.items()}}
        configuration["regions"].append("eu-west")
        configuration["vendors"] += [{**mock, "id": name, **fault} for name, fault in faults.items()]
        configuration["vendors"] += [{**server, "id": name, **more} for name, more in servers.items()]
        for use_case in configuration["use_cases"][:2]:
            use_case["tool_servers"] = list(servers)
        configuration["use_cases"] += [{**configuration["use_cases"][0], "id": name, "vendor": name} for name in faults]
        configuration["callers"][0]["use_cases"] += list(faults)
        with_policies(configuration)
        # Its answers may hold identifiers as far as the configuration goes; only, nobody has approved it.
        configuration["use_cases"][1]["restore"] = "all"
        first = configuration["callers"][0]
        configuration["callers"] += [
            {**first, "id": "kiosk", "key_hash": callers["kiosk"].hash, "attests": ["mfa", "consents"]},
            {**first, "id": "auditor", "key_hash": callers["auditor"].hash, "roles": ["auditor"]}]

    with running(tmp_path_factory.mktemp("every-policy"), caller, change) as pair:
        yield pair


@pytest.fixture
def desk(house, callers):
    gateway, vendor = house
    vendor.forget().script = mock_vendor.echo
    keys = {"dr-lee": gateway.caller, **callers}

    def put(request):
        """Makes a request: its status, and what its answer says."""
        of, path, body, stated = request
        status, _, data = gateway.post(body, path, {**stated, "authorization": f"Bearer {keys[of].key}"})
        return status, json.loads(data)

    return gateway, vendor, put


def last(gateway, *events):
    return [one for one in gateway.entries() if one["event"] in events][-1]


def test_every_policy_that_forbids_is_in_the_table():
    source = HOSPITAL.read_text()
    forbids = re.findall(r'@id\("([^"]+)"\)\n(?:@\w+\([^)]*\)\n)*forbid', source)
    assert len(forbids) > 20 and sorted(forbids) == sorted(FORBIDDEN)


# proves: IOC-02
@pytest.mark.parametrize("policy", FORBIDDEN)
def test_each_policy_that_forbids_has_a_request_that_it_refuses_and_the_answer_names_it(desk, policy):
    gateway, vendor, put = desk
    status, body = put(FORBIDDEN[policy])
    if path_of(FORBIDDEN[policy]) == "/access/v1/evaluation":
        assert status == 200 and body["decision"] is False, body
        # Where nothing prohibits training, no agreement covers a vendor either.
        others = {policy.replace("that-trains-on-input", "without-agreement")}
        assert policy in body["context"]["policies"] and set(body["context"]["policies"]) <= {policy, *others}, body
        assert f"`{policy}`" in body["context"]["reason_admin"]["en"], body
        entry = last(gateway, "access.decided")
        assert entry["decision"] == "deny" and policy in entry["policy"].split("+")
    else:
        error = body["error"]
        named = error.get("code") if path_of(FORBIDDEN[policy]).startswith("/v1") else error["data"]["rule"]
        assert named == "forbidden_by_policy" and f"`{policy}`" in error["message"], body
        assert status == (403 if path_of(FORBIDDEN[policy]).startswith("/v1") else 200)
        entry = last(gateway, "request.refused")
        assert (entry["decision"], entry["rule"], entry["policy"]) == ("deny", "forbidden_by_policy", policy)
        assert re.fullmatch(r"[0-9a-f]{64}", entry["policy_set"])
    assert "Abernathy" not in json.dumps(body) and vendor.requests == []


def path_of(request):
    return request[1]


# proves: IOC-02
@pytest.mark.parametrize("policy", BEFORE)
def test_what_an_agreement_does_not_cover_is_refused_before_policies_are_asked(desk, policy):
    gateway, vendor, put = desk
    rule, request = BEFORE[policy]
    error = put(request)[1]["error"]
    assert rule in (error.get("code"), error.get("data", {}).get("rule")), error
    assert vendor.requests == [] and last(gateway, "request.refused")["rule"] == rule


# proves: IOC-02
def test_what_a_policy_permits_goes_on_and_the_log_says_by_which(desk):
    gateway, vendor, put = desk
    status, body = put(chatting())
    assert status == 200 and "John Abernathy" in body["choices"][0]["message"]["content"], body
    assert len(vendor.requests) == 1 and b"Abernathy" not in vendor.received
    opened = last(gateway, "request.opened")
    assert opened["policy"] == "clinician-asks-for-treatment+clinician-sees-identifiers"
    assert opened["policy_adoption"] == "unsigned" and re.fullmatch(r"[0-9a-f]{64}", opened["policy_set"])
    assert opened["policy_facts"] == "clinician:notes:N:-:managed_device+mfa"
    vendor.script = tool_server()
    assert put(calling("literature"))[1]["result"]
    status, body = put(deciding(someone("clinician"), "ask", {"type": "Route", "id": ROUTE}))
    assert status == 200 and body["decision"] is True and body["context"]["policies"] == ["clinician-asks-for-treatment"]


# proves: IOC-02
def test_what_nobody_permits_and_what_is_permitted_under_a_condition_that_is_not_met_name_their_rule(own, tmp_path):
    (tmp_path / "set.cedar").write_text(
        '@id("with-patient") @require("patient") permit (principal, action == Action::"ask", resource);')
    other = new_caller()

    def change(configuration):
        with_policies(configuration, set=str(tmp_path / "set.cedar"))
        configuration["callers"].append({**configuration["callers"][0], "id": "ward", "key_hash": other.hash})

    with own(change) as (gateway, vendor):
        def refused(body, path, key=gateway.caller):
            status, _, data = gateway.post(body, path, {"authorization": f"Bearer {key.key}"})
            error = json.loads(data)["error"]
            assert status == 403 and error["type"] == "policy_refusal" and f"`{error['code']}`" in error["message"], error
            return error["code"]

        assert refused(chat(NOTE), "/v1/chat/completions") == "obligation_unmet"
        assert refused({"model": "gpt-4o-mini", "input": NOTE}, "/v1/embeddings") == "not_permitted_by_policy"
        asked = deciding(someone("clinician"), "ask", {"type": "Route", "id": ROUTE})
        assert refused(asked[2], asked[1], other) == "decisions_not_allowed"
        denied = [one for one in gateway.entries() if one.get("decision") == "deny"]
        assert [one["rule"] for one in denied] == ["obligation_unmet", "not_permitted_by_policy", "decisions_not_allowed"]
        assert vendor.requests == []


def every_kind(configuration, policies):
    """A gateway with every kind of call, under the set of a file."""
    speak_every_dialect(configuration)
    mock = configuration["vendors"][0]
    configuration["vendors"].append({
        "id": "literature", "kind": "mcp", "tools": ["find_articles"], "base_url": mock["base_url"] + "/mcp",
        "agreement": mock["agreement"], "region": mock["region"]})
    with_policies(configuration, set=str(policies))
    for use_case in configuration["use_cases"]:
        if use_case["id"] in ("summarize", "claude"):
            use_case |= {"kept_by_vendor": {}, "caching": "allowed", "tool_servers": ["literature"]}


class Everything:
    """A vendor of every dialect that keeps answers, files and batches, and a tool server."""

    def __init__(self):
        self.shelf, self.kept, self.tools = mock_vendor.batches(), Keeping(), tool_server()

    def __call__(self, request, reply):
        path = request.path.partition("?")[0]
        if "/mcp" in path:
            return self.tools(request, reply)
        if "/responses" in path:
            return self.kept(request, reply)
        if "/files" in path or "/batches" in path:
            return self.shelf(request, reply)
        return mock_vendor.echo(request, reply)


CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": NOTE}]}
CLAUDE = {"model": "claude-sonnet-5", "max_tokens": 99, "messages": [{"role": "user", "content": NOTE}]}
BATCH = {"requests": [{"custom_id": "one", "params": CLAUDE}]}
# Each kind of call: its method, its path, its body; `{…}` stands for what was kept while everything was permitted.
KINDS = {
    "chat": ("POST", "/v1/chat/completions", CHAT),
    "completions": ("POST", "/v1/completions", {"model": "gpt-3.5-turbo-instruct", "prompt": NOTE}),
    "responses": ("POST", "/v1/responses", {"model": "gpt-4o-mini", "input": NOTE}),
    "messages": ("POST", "/v1/messages", CLAUDE),
    "chat in events": ("POST", "/v1/chat/completions", {**CHAT, "stream": True}),
    "responses in events": ("POST", "/v1/responses", {"model": "gpt-4o-mini", "input": NOTE, "stream": True}),
    "messages in events": ("POST", "/v1/messages", {**CLAUDE, "stream": True}),
    "embeddings": ("POST", "/v1/embeddings", {"model": "text-embedding-3-small", "input": NOTE}),
    "moderations": ("POST", "/v1/moderations", {"model": "omni-moderation-latest", "input": NOTE}),
    "a count of tokens": ("POST", "/v1/messages/count_tokens", {name: CLAUDE[name] for name in ("model", "messages")}),
    "what goes on from an answer": (
        "POST", "/v1/responses", {"model": "gpt-4o-mini", "input": "Who?", "previous_response_id": "{answer}", "store": True}),
    "a kept answer": ("GET", "/v1/responses/{answer}", None),
    "what a kept answer was made from": ("GET", "/v1/responses/{answer}/input_items", None),
    "an upload": ("POST", "/v1/files", lines([NOTE], ["one"])),
    "a file": ("GET", "/v1/files/{file}", None),
    "a file's content": ("GET", "/v1/files/{file}/content", None),
    "a batch of a file": (
        "POST", "/v1/batches", {"input_file_id": "{file}", "endpoint": "/v1/chat/completions", "completion_window": "24h"}),
    "a batch": ("GET", "/v1/batches/{batch}", None),
    "a batch of messages": ("POST", "/v1/messages/batches", BATCH),
    "what a batch of messages is": ("GET", "/v1/messages/batches/{list}", None),
    "results of messages": ("GET", "/v1/messages/batches/{list}/results", None),
    "the call of a tool": ("POST", "/mcp/literature", MCP),
    "the tools of a server": ("POST", "/mcp/literature", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
    "the beginning of a session": (
        "POST", "/mcp/literature", {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}),
    "an answer that is given again": ("POST", "/v1/chat/completions", CHAT),
    "what an application asks": ("POST", "/access/v1/evaluation", deciding(
        someone("clinician"), "ask", {"type": "Route", "id": ROUTE})[2]),
}


class Desk:
    """Makes each kind of call, about what was kept."""

    def __init__(self, gateway):
        self.gateway, self.names = gateway, {}

    def make(self, kind):
        method, path, body = KINDS[kind]
        for name, id in self.names.items():
            path = path.replace(f"{{{name}}}", id)
        fields = {
            "authorization": f"Bearer {self.gateway.caller.key}", "content-type": "application/json",
            "x-cordon-use-case": "claude" if "/messages" in path else "summarize"}
        if kind == "an answer that is given again":
            fields["idempotency-key"] = "once"
        if isinstance(body, bytes):
            body = (b"--x\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--x\r\n"
                    b"content-disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n" + body + b"\r\n--x--\r\n")
            fields["content-type"] = "multipart/form-data; boundary=x"
        elif body is not None:
            body = {name: self.names.get(value.strip("{}"), value) if isinstance(value, str) else value for name, value in body.items()}
            body = json.dumps(body).encode()
        status, _, data = self.gateway.send(method, path, body, fields)
        return status, data

    def keep(self):
        """Has the vendor keep one of each thing."""
        def made(method, path, body, **fields):
            KINDS["made"] = (method, path, body)
            status, data = self.make("made")
            del KINDS["made"]
            assert status == 200, data
            return json.loads(data)["id"]

        self.names["answer"] = made("POST", "/v1/responses", {"model": "gpt-4o-mini", "input": NOTE, "store": True})
        self.names["file"] = made(*KINDS["an upload"])
        self.names["batch"] = made(*KINDS["a batch of a file"])
        self.names["list"] = made(*KINDS["a batch of messages"])


def rule_of(data):
    """The rule that refuses, in the words of each dialect."""
    body = json.loads(data)
    if "decision" in body:
        return "forbidden_by_policy" if body["decision"] is False and body["context"]["policies"] == ["nothing"] else None
    error = body.get("error", {})
    return error.get("data", {}).get("rule") or error.get("code") or re.search(r"rule `(\w+)`", error.get("message", "``"))[1]


# proves: IOC-02
def test_a_set_that_forbids_everything_refuses_every_kind_of_call_and_no_vendor_gets_a_byte(own, tmp_path):
    policies = tmp_path / "set.cedar"
    policies.write_text('@id("everything") permit (principal, action, resource);')
    with own(lambda configuration: every_kind(configuration, policies)) as (gateway, vendor):
        vendor.script = Everything()
        desk = Desk(gateway)
        desk.keep()
        for kind in KINDS:
            status, data = desk.make(kind)
            assert status in (200, 202), (kind, data)
        policies.write_text(policies.read_text() + '@id("nothing") forbid (principal, action, resource);')
        reloaded(gateway)
        vendor.forget().script = Everything()
        for kind in KINDS:
            began = len(gateway.entries())
            status, data = desk.make(kind)
            assert rule_of(data) == "forbidden_by_policy" and b"nothing" in data, (kind, status, data)
            assert status == (200 if KINDS[kind][1].startswith(("/mcp", "/access")) else 403), (kind, data)
            assert vendor.requests == [] and vendor.received == b"", kind
            denied = [one for one in gateway.entries(began) if one.get("decision") == "deny"]
            assert len(denied) == 1 and denied[0]["policy"] == "nothing", (kind, denied)
        assert found(json.dumps(gateway.entries()).encode()) == []


# proves: IOC-02
def test_a_set_that_forbids_everything_stops_what_runs(own, tmp_path):
    policies = tmp_path / "set.cedar"
    policies.write_text('@id("everything") permit (principal, action, resource);')
    def change(configuration):
        with_policies(configuration, set=str(policies))
        patient(configuration)

    with own(change) as (gateway, vendor):
        released = threading.Event()
        vendor.script = slowly(released)
        answers = []
        asking = threading.Thread(target=lambda: answers.append(gateway.post(chat(NOTE, stream=True))))
        asking.start()
        eventually(lambda: vendor.requests)
        policies.write_text(policies.read_text() + '@id("nothing") forbid (principal, action, resource);')
        reloaded(gateway)
        asking.join(60)
        released.set()
        (status, _, body), = answers
        assert status in (200, 403) and b"[DONE]" not in body and b"forbidden_by_policy" in body
