"""Each single access that a configuration gives, taken away by itself: which ways of the gateway it closes, and which it does not."""

import json

from conftest import chat, eventually
from custodians import did
from test_grants import listed
from test_policy_gateway import CONTEXT, NOTE, USER, someone, with_policies
from test_policy_replay import SUBSTANCES
from test_tools import tool_server

KIM = "kim@clinic.example"
QUESTION = {
    "subject": someone("clinician"), "action": {"name": "ask"}, "context": CONTEXT,
    "resource": {"type": "Route", "id": "summarize/mock/gpt-4o-mini"}}
SEARCH = {**QUESTION, "resource": {"type": "Route"}}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "find_articles", "arguments": {"query": "asthma"}}}

# What each closes, and by which rule.
CHAT = ["first", "summarize", "of kim", "with consent", "research", "local", "responses"]
KEPT = ["kept", "files", "file", "batches", "batch"]
CLOSED = {
    "caller:dr-lee/asks:decisions": {way: "decisions_not_allowed" for way in ("evaluation", "evaluations", "search")},
    "caller:dr-lee/attests:consents": {"with consent": "forbidden_by_policy"},
    "caller:dr-lee/attests:managed_device": {way: "forbidden_by_policy" for way in CHAT},
    # Who is not known for sure sees no names.
    "caller:dr-lee/attests:mfa": {"summarize": "without names"},
    "caller:dr-lee/reads:log": {way: "log_not_readable" for way in ("log", "map")},
    "caller:dr-lee/role:clinician": {way: "not_permitted_by_policy" for way in [*CHAT, "tool"]},
    "caller:dr-lee/use-case:local": {"local": "grant_lapsed"},
    "caller:dr-lee/use-case:research": {way: "grant_lapsed" for way in ("research", "tool")},
    "caller:dr-lee/use-case:summarize": {
        way: "grant_lapsed" for way in ["first", "summarize", "of kim", "with consent", "responses", *KEPT]},
    "use-case:research/tool:library/find_articles": {"tool": "grant_lapsed"},
    USER: {way: "not_permitted_by_policy" for way in CHAT if way != "of kim"},
    KIM: {way: "not_permitted_by_policy" for way in ("of kim", "tool")},
}


def give(configuration):
    """Has an access of each kind, or more."""
    with_policies(configuration, users={USER: ["clinician"], KIM: ["clinician"]})
    configuration["log"] = {"readers": ["dr-lee"]}
    mock = configuration["vendors"][0]
    configuration["vendors"].append({
        "id": "library", "kind": "mcp", "tools": ["find_articles"], "base_url": mock["base_url"] + "/mcp",
        "agreement": mock["agreement"], "region": mock["region"]})
    configuration["use_cases"][1]["tool_servers"] = ["library"]


def ways(gateway):
    """How the gateway answers on each of its ways: a status, or the rule that refuses it."""
    key = {"authorization": f"Bearer {gateway.caller.key}"}

    def post(body, path="/v1/chat/completions", use_case="summarize", user=USER, **stated):
        named = {"x-cordon-user": user, **{f"x-cordon-{name}": value for name, value in stated.items()}}
        return gateway.post(body, path=path, headers=named | ({"x-cordon-use-case": use_case} if use_case else {}))

    def ask(path, method="GET"):
        return gateway.send(method, path, headers=key | {"x-cordon-use-case": "summarize", "x-cordon-user": USER})

    answers = {
        "first": post(chat(NOTE), use_case=None), "summarize": post(chat(NOTE)), "of kim": post(chat(NOTE), user=KIM),
        "with consent": post(chat(SUBSTANCES), consents="42CFR2"), "research": post(chat(NOTE), use_case="research"),
        "local": post(chat(NOTE) | {"model": "loopback"}, use_case="local"),
        "responses": post({"model": "gpt-4o-mini", "input": NOTE}, "/v1/responses"),
        "kept": ask("/v1/responses/resp_1"), "files": ask("/v1/files"), "file": ask("/v1/files/file-1/content"),
        "batches": ask("/v1/batches"), "batch": ask("/v1/batches/batch-1"), "later": ask("/v1/deferred/req_1"),
        # What a vendor keeps may be ended in any case.
        "deletion": ask("/v1/responses/resp_1", "DELETE"), "cancellation": ask("/v1/batches/batch-1/cancel", "POST"),
        "tool": post(CALL, "/mcp/library", "research", KIM),
        "log": gateway.get("/log/checkpoint", key), "map": gateway.get("/phi-map", key),
        "evaluation": post(QUESTION, "/access/v1/evaluation"),
        "evaluations": post({**QUESTION, "evaluations": [{}]}, "/access/v1/evaluations"),
        "search": post(SEARCH, "/access/v1/search/resource"),
        "health": gateway.get("/healthz"), "description": gateway.get("/openapi.json"),
    }

    def rule(way, status, body):
        if status == 200 and way == "summarize" and b"Abernathy" not in body:
            return "without names"
        error = json.loads(body).get("error") or {} if status >= 400 or way == "tool" else {}
        return error.get("data", {}).get("rule") or error.get("code") or status

    return {way: rule(way, status, body) for way, (status, _, body) in answers.items()}


def test_each_access_that_is_removed_closes_its_ways_and_no_other(own):
    with own(give) as (gateway, vendor):
        usual, tools = vendor.script, tool_server()
        vendor.script = lambda request, reply: (tools if "/mcp" in request.path else usual)(request, reply)
        whole = ways(gateway)
        answered = {way for way in whole if whole[way] == 200}
        assert answered == set(whole) - {*KEPT, "later", "deletion", "cancellation"}, {way: whole[way] for way in set(whole) - answered}
        grants = listed(gateway)
        people = {grant: next(user for user in (USER, KIM) if user in one["what"])
                  for grant, one in grants.items() if grant.startswith("user:")}
        assert {people.get(grant, grant) for grant in grants} == set(CLOSED)
        for grant in grants:
            did(gateway.cordon("grant", "remove", grant, "--by", "alice"))
            now = ways(gateway)
            assert {way: now[way] for way in now if now[way] != whole[way]} == CLOSED[people.get(grant, grant)], grant
            did(gateway.cordon("grant", "restore", grant, "--by", "bruno"))
            eventually(lambda: ways(gateway) == whole)
