"""The registry of agreements: what it covers is sent, what it does not is refused by the name of what is missing."""

import hashlib
import json
import subprocess
import threading

import pytest
from agreements import CLAUSES, add, agreement, terminate, without_agreement
from canaries import NOTE
from conftest import chat, configuration, day, eventually
from custodians import did
from mock_vendor import events
from paths import CORDON


def code(body):
    return json.loads(body)["error"]["code"]


def asked(gateway, body=None):
    """The rule that refuses a request, or 200."""
    status, _, answer = gateway.post(body or chat(NOTE))
    return 200 if status == 200 else code(answer)


def of(gateway, *names):
    return [entry for entry in gateway.entries() if entry["event"] in names]


# proves: VEN-01
def test_no_agreement_an_expired_one_a_future_one_a_terminated_one_and_another_service_are_each_denied(own):
    with own(without_agreement) as (gateway, vendor):
        began = len(gateway.entries())
        assert asked(gateway) == "no_baa"
        for change, rule in [
            ({"expires": day(-1)}, "baa_not_in_force"),
            ({"effective": day(1)}, "baa_not_in_force"),
            ({"signed": day(1)}, "baa_not_in_force"),
            ({"terminated": day(0)}, "baa_not_in_force"),
            ({"services": {"operations": ["embeddings"]}}, "service_not_covered"),
            ({"services": {"models": ["gpt-9"]}}, "service_not_covered"),
            ({"services": {"endpoints": ["llm.vendor.example"]}}, "service_not_covered"),
        ]:
            did(add(gateway, **change))
            eventually(lambda: asked(gateway) == rule)
        assert vendor.received == b""
        did(add(gateway))
        eventually(lambda: asked(gateway) == 200)
        for stream in (False, True):
            assert gateway.post(chat("hello", stream=stream))[0] == 200

        # Every request that was sent is joined with the registry: its agreement was in force on its day.
        rows = [json.loads(line) for line in did(gateway.cordon("vendor", "list", "--json")).splitlines()]
        inforce = {row["agreement"]: (row["from"], row["to"], row["digest"]) for row in rows}
        sent = [entry for entry in gateway.entries(began) if entry["event"] == "request.opened"]
        assert len(sent) == len(vendor.requests) == 3
        for entry in sent:
            first, last, digest = inforce[entry["agreement"]]
            assert first <= entry["time"][:10] <= last
            assert entry["agreement_digest"] == digest


@pytest.mark.parametrize("change, rule", [
    ({"purposes": ["HPAYMT"]}, "purpose_not_permitted"),
    ({"prohibits_training": False}, "training_not_prohibited"),
    ({"environment": "test"}, "environment_mismatch"),
    ({"regions": ["us-west"]}, "region_not_covered"),
    ({"subcontractors": [{"name": "cloud"}]}, "subcontractor_not_covered"),
    ({"subcontractors": [{"name": "cloud", "agreement": "S-1", "effective": day(-9), "expires": day(-1)}]},
     "subcontractor_not_covered"),
    ({"data_classes": ["DATE", "PHONE"]}, "data_class_not_covered"),
    ({"zero_retention_attested": lambda: day(1)}, "zero_retention_not_attested"),
])
def test_the_refusal_names_the_element_that_is_missing(own, change, rule):
    def edit(configuration):
        without_agreement(configuration)
        configuration["use_cases"][0]["retention"] = "zero"

    with own(edit) as (gateway, vendor):
        did(add(gateway, **{name: value() if callable(value) else value for name, value in change.items()}))
        eventually(lambda: asked(gateway) == rule)
        status, headers, _ = gateway.post(chat(NOTE, stream=True))
        assert (status, headers["x-should-retry"]) == (403, "false")
        assert vendor.received == b""
        assert of(gateway, "request.refused")[-1]["agreement"] == "BAA-7"
        did(add(gateway))
        eventually(lambda: asked(gateway) == 200)


# proves: VEN-16
def test_a_purpose_outside_the_agreements_list_is_denied_with_the_clause(own):
    with own(without_agreement) as (gateway, vendor):
        did(add(gateway, purposes=["HPAYMT", "HOPERAT"]))
        eventually(lambda: asked(gateway) == "purpose_not_permitted")
        message = json.loads(gateway.post(chat(NOTE))[2])["error"]["message"]
        assert "45 CFR 164.504(e)(2)(i)" in message and "TREAT" in message
        assert vendor.received == b""


# proves: VEN-14
def test_a_call_to_a_service_that_is_not_eligible_is_denied(own):
    with own(without_agreement) as (gateway, vendor):
        did(add(gateway, services={"operations": ["chatCompletions"], "models": ["gpt-4o-mini"]}))
        eventually(lambda: asked(gateway) == 200)
        vendor.forget()
        body = {"model": "gpt-4o-mini", "input": NOTE}
        for path in ("/v1/embeddings", "/v1/responses"):
            status, _, answer = gateway.post(body, path)
            assert (status, code(answer)) == (403, "service_not_covered")
        assert vendor.received == b""


# proves: VEN-04
@pytest.mark.parametrize("clause, paragraph", [("books", "164.504(e)(2)(ii)(I)"), ("return", "164.504(e)(2)(ii)(J)")])
def test_an_agreement_without_a_required_clause_is_not_taken_and_the_paragraph_is_named(own, clause, paragraph):
    with own(without_agreement) as (gateway, vendor):
        run = add(gateway, clauses={name: "p. 3" for name in CLAUSES if name != clause})
        assert run.returncode == 65 and paragraph in run.stderr
        assert asked(gateway) == "no_baa" and not (gateway.data / "agreements.yaml").exists()


@pytest.mark.parametrize("left_out", [
    "vendor", "id", "signed", "effective", "expires", "environment", "prohibits_training", "breach_report_hours",
    "regions", "services", "purposes", "data_classes", "subcontractors", "clauses",
])
def test_an_entry_says_everything(own_folder, left_out):
    entry = {name: value for name, value in agreement().items() if name != left_out}
    run = subprocess.run([CORDON, "vendor", "add", "-", "--data", own_folder], input=json.dumps(entry),
                         capture_output=True, text=True)
    assert run.returncode == 65 and f"`{left_out}`: is missing" in run.stderr


@pytest.fixture
def own_folder(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_a_change_is_in_the_log_with_the_hash_before_and_after_and_who_did_it(own):
    with own(without_agreement) as (gateway, _):
        file = gateway.data / "agreements.yaml"
        hashes = []
        for change in ({}, {"breach_report_hours": 24}):
            did(add(gateway, **change))
            hashes.append(hashlib.sha256(file.read_bytes()).hexdigest()[:56])
            eventually(lambda: asked(gateway) == 200)
        did(terminate(gateway))
        hashes.append(hashlib.sha256(file.read_bytes()).hexdigest()[:56])
        eventually(lambda: asked(gateway) == "baa_not_in_force")
        loaded = [entry["object"] for entry in of(gateway, "configuration.loaded")]
        changed = of(gateway, "agreements.changed")
        pairs = [f"{before}..{after}" for before, after in zip(hashes, hashes[1:])]
        assert [entry["object"].split(":")[1] for entry in changed][1:] == pairs
        assert [name.split(":")[1] for name in loaded][-2:] == pairs
        assert all(entry["people"][0].startswith("p_") for entry in changed)
        assert did(gateway.cordon("log", "verify"))
        gateway.stop()
        gateway.start()
        assert of(gateway, "configuration.loaded")[-1]["object"] == f"agreements:{hashes[-1]}"


def test_a_registry_that_is_none_changes_nothing_and_says_why(own):
    with own(without_agreement) as (gateway, _):
        did(add(gateway))
        eventually(lambda: asked(gateway) == 200)
        file = gateway.data / "agreements.yaml"
        good = file.read_text()
        for bad in (good.replace("expires:", "expire:"), "agreements: [", "", good + good.split("\n", 2)[2]):
            file.write_text(bad)
            mark = len(gateway.output)
            eventually(lambda: b"agreements.yaml: " in gateway.output[mark:])
            assert b"stays so" in gateway.output[mark:]
            assert asked(gateway) == 200
        gateway.stop()
        with pytest.raises(AssertionError):
            gateway.start()
        assert b"agreements.yaml" in gateway.output and gateway.process.wait(60) == 78
        file.write_text(good)
        gateway.start()
        assert asked(gateway) == 200


def patient(configuration):
    """A gateway that bears a silent vendor for longer than a test lasts: what ends a request before that is something else."""
    configuration["limits"]["vendor_silence_seconds"] = 120


def slowly(released):
    """A vendor that sends the first half of an answer and waits, for longer than anybody does unless released."""
    def script(request, reply):
        if not request.json.get("stream"):
            reply.head()
            reply.send(b"content-length: 100\r\n\r\n{")
            released.wait(120)
            return
        first, second, *rest = events(["The ", "answer ", "is ", "here."])
        reply.begin_stream()
        reply.chunk(first, second)
        released.wait(120)
        reply.chunk(*rest)
        reply.end_stream()
    return script


@pytest.mark.parametrize("silent", [True, False], ids=["while the vendor is silent", "while it goes on"])
def test_a_termination_stops_the_stream_under_way_and_denies_the_next_call(own, silent):
    def edit(configuration):
        without_agreement(configuration)
        patient(configuration)

    with own(edit) as (gateway, vendor):
        did(add(gateway))
        eventually(lambda: asked(gateway) == 200)
        released = threading.Event()
        vendor.forget().script = slowly(released)
        answers = []
        asking = threading.Thread(target=lambda: answers.append(gateway.post(chat(NOTE, stream=True))))
        asking.start()
        eventually(lambda: vendor.requests)
        did(terminate(gateway))
        if not silent:
            released.set()
        asking.join(60)
        assert not asking.is_alive()
        released.set()
        (status, _, body), = answers
        last = body.decode().strip().split("\n\n")[-1]
        assert status == 200 and b"[DONE]" not in body
        assert json.loads(last.removeprefix("data: "))["error"]["code"] == "baa_not_in_force"
        assert "terminated" in last
        closed = of(gateway, "request.closed")[-1]
        assert (closed["outcome"], closed["rule"]) == ("withheld", "baa_not_in_force")
        vendor.forget()
        assert asked(gateway) == "baa_not_in_force" and vendor.received == b""


def test_check_says_what_is_missing_how_long_the_rest_runs_and_ends_with_a_code(own_folder, tmp_path, caller):
    settings = configuration(tmp_path, "http://127.0.0.1:9/v1", caller)
    settings["data"] = str(own_folder)
    config = tmp_path / "cordon.yaml"

    def check(*options):
        config.write_text(json.dumps(settings))
        return subprocess.run([CORDON, "vendor", "check", "--config", config, *options], capture_output=True, text=True)

    run = check()
    assert run.returncode == 0 and "mock: covered, BAA-1 in force to" in run.stdout and "inside: inside" in run.stdout
    assert check("--within", "400").returncode == 3
    without_agreement(settings)
    run = check()
    assert run.returncode == 1 and "no_baa (45 CFR 164.502(e), 164.308(b))" in run.stdout
    told = subprocess.run([CORDON, "vendor", "add", "-", "--data", own_folder], capture_output=True, text=True,
                          input=json.dumps(agreement(expires=day(10), purposes=["HPAYMT"])))
    assert told.returncode == 0 and "warning: there is no vault" in told.stderr
    rows = [json.loads(line) for line in check("--json").stdout.splitlines()]
    assert [(gap["rule"], gap["paragraph"]) for gap in rows[0]["missing"]] == [
        ("purpose_not_permitted", "164.504(e)(2)(i)")]
    settings["use_cases"][0]["purpose"] = settings["use_cases"][1]["purpose"] = "HPAYMT"
    run = check()
    assert run.returncode == 3 and "runs out: agreement `BAA-7` on" in run.stdout and "in 10 days" in run.stdout
    assert check("--within", "9").returncode == 0
    assert check("--on", day(11)).returncode == 1
    assert check("nobody").returncode == 66


# proves: RES-01
def test_an_endpoint_in_another_region_is_denied_and_the_log_proves_that_every_call_stayed(own):
    def edit(configuration):
        elsewhere = {**configuration["vendors"][0], "id": "elsewhere", "region": "eu-west"}
        configuration["vendors"].append(elsewhere)
        configuration["use_cases"].append({**configuration["use_cases"][0], "id": "abroad", "vendor": "elsewhere"})
        configuration["callers"][0]["use_cases"].append("abroad")

    with own(edit) as (gateway, vendor):
        began = len(gateway.entries())
        status, _, body = gateway.post(chat(NOTE), headers={"x-cordon-use-case": "abroad"})
        assert (status, code(body), vendor.received) == (403, "region_not_approved", b"")
        for stream in (False, True):
            assert gateway.post(chat(NOTE, stream=stream))[0] == 200
        sent = [entry for entry in gateway.entries(began) if entry["event"] == "request.opened"]
        assert [entry["region"] for entry in sent] == ["us-east"] * len(vendor.requests)
        refused = [entry for entry in gateway.entries(began) if entry["event"] == "request.refused"]
        assert [entry["region"] for entry in refused] == ["eu-west"]
