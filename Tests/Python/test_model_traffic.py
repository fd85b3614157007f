"""What the log has of model traffic: every decision with its reason, monthly sums, and alerts of severe refusals."""

import datetime
import json
from collections import Counter

import mock_vendor
from agreements import without_agreement
from canaries import NOTE
from conftest import chat, eventually, new_caller

USER = {"x-cordon-user": "lee@clinic.example"}


def denials(gateway):
    return [one for one in gateway.entries() if one["event"] == "alert.raised" and one["rule"] == "policy_denied"]


def decisions(gateway, since=0):
    return [one for one in gateway.entries(since) if "decision" in one and one["event"].startswith(("request.", "log."))]


# proves: AUD-02
def test_every_request_has_one_decision_in_the_log_with_its_reason_before_it_is_answered(own):
    auditor = new_caller()

    def with_auditor(configuration):
        configuration["limits"] = {**configuration.get("limits", {}), "body_bytes": 65536}
        configuration["log"] = {"readers": ["auditor"]}
        configuration["callers"].append({"id": "auditor", "key_hash": auditor.hash, "use_cases": ["summarize"]})

    with own(with_auditor) as (gateway, vendor):
        def export(key):
            return gateway.get("/log/checkpoint", headers={"authorization": f"Bearer {key}"})[0]

        asked = [
            (200, None, lambda: gateway.post(chat(NOTE))[0]),
            (200, None, lambda: gateway.post(chat("hello", stream=True))[0]),
            (403, "model_not_allowed", lambda: gateway.post(chat("hello") | {"model": "gpt-9"})[0]),
            (403, "use_case_not_granted", lambda: gateway.post(chat("hello"), headers={"x-cordon-use-case": "x"})[0]),
            (400, "invalid_request", lambda: gateway.post(b"{")[0]),
            (401, "unauthenticated", lambda: gateway.post(chat("hello"), headers={"authorization": "Bearer x"})[0]),
            (403, "log_not_readable", lambda: export(gateway.caller.key)),
            (401, "unauthenticated", lambda: export("cordon_sk_x")),
            (200, None, lambda: export(auditor.key)),
            (401, "unauthenticated", lambda: gateway.get("/v1/models", headers={"authorization": "Bearer x"})[0]),
            (401, "unauthenticated", lambda: gateway.get("/v1/models/gpt-4o-mini", headers={"authorization": "Bearer x"})[0]),
            (401, "unauthenticated", lambda: gateway.get("/v1/files", headers={"authorization": "Bearer x"})[0]),
            (401, "unauthenticated", lambda: gateway.get("/v1/responses/resp_1", headers={"authorization": "Bearer x"})[0]),
            (401, "unauthenticated", lambda: gateway.get("/phi-map", headers={"authorization": "Bearer x"})[0]),
            (403, "log_not_readable", lambda: gateway.get("/phi-map", headers={"authorization": f"Bearer {gateway.caller.key}"})[0]),
            (413, "request_too_large", lambda: gateway.post(chat("x" * 70_000))[0]),
            (400, "invalid_request", lambda: gateway.post(chat("hello"), headers={"idempotency-key": "k" * 300})[0]),
            (403, "kept_by_vendor", lambda: gateway.get("/v1/files", headers={"authorization": f"Bearer {gateway.caller.key}"})[0]),
        ]
        for count, (status, rule, ask) in enumerate(asked, 1):
            assert ask() == status
            # The decision is there when the answer is.
            made = decisions(gateway)
            assert len(made) == count, (status, rule)
            assert made[-1]["decision"] == ("deny" if rule else "allow") and made[-1].get("rule") == rule
        assert len(vendor.requests) == 2
        assert Counter(one["decision"] for one in decisions(gateway)) == {"allow": 3, "deny": 15}
        # A flood of strangers shares entries, and the log has as many refusals as there were requests.
        for _ in range(150):
            assert gateway.get("/v1/models", headers={"authorization": "Bearer x"})[0] in (401, 429)
        own_entries = len(decisions(gateway)) - len(asked)
        assert 40 <= own_entries <= 120
    refused = [one for one in gateway.entries() if one.get("decision") == "deny"]
    assert sum(one.get("requests", 1) for one in refused) == 15 + 150 and len(refused) < 15 + 130
    assert gateway.cordon("log", "verify").returncode == 0


# proves: AUD-11
def test_the_monthly_report_is_the_sum_of_the_events(own):
    def change(configuration):
        configuration["vendors"].append(
            {**configuration["vendors"][0], "id": "second", "agreement": {**configuration["vendors"][0]["agreement"], "id": "BAA-2"}})
        configuration["use_cases"][1]["vendor"] = "second"

    with own(change) as (gateway, _):
        for text in (NOTE, "hello", "Maria Gonzalez was seen on 03/04/2025."):
            assert gateway.post(chat(text))[0] == 200
            assert gateway.post(chat(text, stream=True), headers={"x-cordon-use-case": "research"})[0] == 200
            assert gateway.post(chat(text) | {"model": "loopback"}, headers={"x-cordon-use-case": "local"})[0] == 200
        eventually(lambda: sum(one["event"] == "request.closed" for one in gateway.entries()) == 9)
        events = gateway.entries()
        month = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m")
        shown = gateway.cordon("log", "interactions", "--month", month, "--json")
        assert shown.returncode == 0, shown.stderr
        [report] = json.loads(shown.stdout)["months"]

        def summed(vendor=None):
            def of(event):
                return [one for one in events if one["event"] == event and vendor in (None, one["vendor"])]

            def kinds(entries, name):
                total = Counter()
                for one in entries:
                    total.update(one.get(name, {}))
                return dict(total)

            opened, closed = of("request.opened"), of("request.closed")
            return {
                "opened": len(opened), "closed": len(closed), "found": kinds(opened, "identifiers"),
                "restored": kinds(closed, "restored"), "novel": kinds(closed, "identifiers"),
                "prompt_tokens": sum(one.get("prompt_tokens", 0) for one in closed),
                "completion_tokens": sum(one.get("completion_tokens", 0) for one in closed),
            }

        def told(row):
            return {name: row[name] for name in summed()}

        assert told(report["total"]) == summed() and summed()["found"]["NAME"] > 0 and summed()["restored"]["NAME"] > 0
        rows = {row["vendor"]: row for row in report["rows"]}
        assert {name: row["retention"] for name, row in rows.items()} == {
            "mock": "declined", "second": "declined", "inside": "inside"}
        for name, row in rows.items():
            assert told(row) == summed(name)
        table = gateway.cordon("log", "interactions").stdout
        assert "total" in table and "second" in table
        assert json.loads(gateway.cordon("log", "interactions", "--month", "2020-01", "--json").stdout)["months"] == []


# proves: AUD-18
def test_a_refusal_by_a_severe_rule_raises_an_alert_with_rule_user_and_route(own):
    with own(without_agreement) as (gateway, vendor):
        assert gateway.post(chat("hello"), headers=USER)[0] == 403
        assert gateway.post(chat("hello") | {"model": "gpt-9"})[0] == 403
        refused = [one for one in gateway.entries() if one["event"] == "request.refused"]

        def alerts():
            return denials(gateway)

        [alert] = eventually(alerts)
        assert (alert["rule"], alert["object"]) == ("policy_denied", "no_baa")
        assert alert["user"] == refused[0]["user"] and alert["user"].startswith("p_")
        assert (alert["caller"], alert["use_case"], alert["vendor"]) == ("dr-lee", "summarize", "mock")
        eventually(lambda: b"alert `policy_denied`: a request was refused: rule no_baa, user p_" in gateway.output)
        eventually(lambda: 'cordon_alerts_total{rule="policy_denied"} 1' in gateway.get("/metrics")[2].decode())
        # The same again is told once; a rule below the severity is not told.
        assert gateway.post(chat("hello"), headers=USER)[0] == 403
        assert gateway.post(chat("hello"), headers={"x-cordon-use-case": "research"})[0] == 403
        assert [one["use_case"] for one in eventually(lambda: len(alerts()) > 1 and alerts())] == ["summarize", "research"]
        assert not vendor.requests


def test_which_refusals_raise_an_alert_is_the_operators_to_say(own):
    def change(configuration):
        without_agreement(configuration)
        configuration["alerts"] = {"refusals": "critical"}

    with own(change) as (gateway, _):
        assert gateway.post(chat("hello"))[0] == 403
        gateway.configuration["alerts"]["refusals"] = "medium"
        gateway.stop()
        gateway.start()
        assert not denials(gateway)
        assert gateway.post(chat("hello") | {"model": "gpt-9"})[0] == 403
        assert [one["object"] for one in eventually(lambda: denials(gateway))] == ["model_not_allowed"]


def test_a_name_that_means_another_model_after_a_restart_is_a_change_event(own):
    with own() as (gateway, vendor):
        def answering(name):
            answer = json.loads(mock_vendor.completion({"role": "assistant", "content": "yes"}))
            vendor.script = lambda _, reply: reply.json({**answer, "model": name})
            assert gateway.post(chat("hello"))[0] == 200

        answering("gpt-4o-mini-2024-07-18")
        gateway.stop()
        gateway.start()
        answering("gpt-4o-mini-2026-01-09")
        assert [one["object"] for one in gateway.entries() if one["event"] == "model.changed"] == [
            "gpt-4o-mini-2024-07-18..gpt-4o-mini-2026-01-09"]
        assert b"cordon_model_changes_total 1" in gateway.get("/metrics")[2]
        # It is told once, and known at once: also to the process that comes after one that was killed.
        gateway.kill()
        gateway.start()
        answering("gpt-4o-mini-2026-01-09")
        answering("gpt-4o-mini-2026-02-01")
        gateway.kill()
        gateway.start()
        answering("gpt-4o-mini-2026-03-01")
        assert [one["object"] for one in gateway.entries() if one["event"] == "model.changed"] == [
            "gpt-4o-mini-2024-07-18..gpt-4o-mini-2026-01-09", "gpt-4o-mini-2026-01-09..gpt-4o-mini-2026-02-01",
            "gpt-4o-mini-2026-02-01..gpt-4o-mini-2026-03-01"]

        def alerts():
            changed = [one for one in gateway.entries() if one["event"] == "alert.raised" and one["rule"] == "model_changed"]
            return [one for one in changed if one["served_model"] == "gpt-4o-mini-2026-03-01"]

        alert, = eventually(alerts)
        assert (alert["vendor"], alert["model"]) == ("mock", "gpt-4o-mini")
        said = b"alert `model_changed`: a model's name means another model than before: vendor mock, model gpt-4o-mini"
        eventually(lambda: said in gateway.output)
