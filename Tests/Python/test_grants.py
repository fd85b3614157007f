"""Access that is given, one by one: what nobody uses is proposed for removal, and one act removes it, for what runs too."""

import hashlib
import json
import os
import shutil
import subprocess
import threading

import pytest
from canaries import NOTE, found
from conftest import SECRETS, chat, day, eventually
from custodians import did
from paths import CORDON
from test_backup import age_key, escrow  # noqa: F401 (a fixture)
from test_policy_gateway import NOTE as POLICY_NOTE, USER, ask, with_policies
from test_policy_simulation import on  # noqa: F401 (a fixture)
from test_tools import tool_server
from test_vendors import code, of, patient, slowly

SUMMARIZE, RESEARCH, LOCAL = (f"caller:dr-lee/use-case:{name}" for name in ("summarize", "research", "local"))


def grant(gateway, *arguments):
    """Runs `cordon grant` under the gateway's configuration."""
    verb, *rest = map(str, arguments)
    return subprocess.run(
        [CORDON, "grant", verb, "--config", gateway.folder / "cordon.yaml", *rest], capture_output=True, text=True,
        env={**os.environ, **SECRETS})


def listed(gateway):
    """What `cordon grant list` says of each grant, by its id."""
    lines = did(grant(gateway, "list", "--json")).splitlines()
    return {one["grant"]: one for one in map(json.loads, lines)}


def unused(gateway, *arguments):
    return json.loads(did(grant(gateway, "unused", "--json", *arguments)))


def asked(gateway, use_case, stream=False):
    """How a request is answered: its status, or the rule that refuses it."""
    body = chat(NOTE, stream=stream) | ({"model": "loopback"} if use_case == "local" else {})
    status, _, said = gateway.post(body, headers={"x-cordon-use-case": use_case} if use_case else {})
    return status if status == 200 else code(said)


def as_it_is(monkeypatch):
    """Has whatever is started from then on take today for today: a gateway whose clock is another's does not go its rounds."""
    for name in ("LD_PRELOAD", "FAKETIME", "FAKETIME_SHARED"):
        monkeypatch.delenv(name)


# proves: ACC-07
def test_what_nobody_used_for_ninety_days_is_proposed_and_one_act_removes_it(own, on, monkeypatch):
    on(-90)
    with own() as (gateway, vendor):
        given = of(gateway, "grant.given")
        assert sorted(one["object"] for one in given) == sorted([SUMMARIZE, RESEARCH, LOCAL])
        assert all(one["caller"] == "dr-lee" for one in given)
        gateway.stop()
        on(-1)
        gateway.start()
        assert asked(gateway, "summarize") == 200
        gateway.stop()
        as_it_is(monkeypatch)
        gateway.start()
        # The running gateway finds them by itself, once; a start with the same grants gives nothing anew.
        alerts = eventually(lambda: [one for one in of(gateway, "alert.raised") if one["rule"] == "unused_grant"])
        eventually(lambda: b"alert `unused_grant`: access that is granted is not used" in gateway.output)
        proposed = of(gateway, "grant.removal_proposed")
        assert sorted({one["object"] for one in proposed}) == sorted([RESEARCH, LOCAL]) and len(proposed) == 2
        assert {one["object"] for one in alerts} <= {RESEARCH, LOCAL} and len(of(gateway, "grant.given")) == 3

        report = unused(gateway)
        proposals = {one["grant"]: one for one in report["proposals"]}
        assert set(proposals) == {RESEARCH, LOCAL} and report["days"] == 90 and report["grants"] == {"unused": 2, "used": 1}
        evidence = proposals[RESEARCH]
        assert (evidence["given"][:10], evidence["last_used"]) == (day(-90), None) and evidence["proposed"][:10] == day(0)
        assert report["log_begins"][:10] == day(-90) and report["entries"] > 5
        assert listed(gateway)[SUMMARIZE]["last_used"][:10] == day(-1)
        told = did(grant(gateway, "unused"))
        assert f"{evidence['proposal']}  {RESEARCH}  given {day(-90)}, never used" in told
        assert proposed[0]["approval"] in {one["proposal"] for one in proposals.values()}

        assert did(grant(gateway, "remove", evidence["proposal"], "--by", "alice", "--reason", "INC-7")) == f"removed: {RESEARCH}\n"
        vendor.forget()
        assert asked(gateway, "research") == "grant_lapsed" and vendor.requests == []
        assert asked(gateway, "summarize") == 200
        removed = eventually(lambda: of(gateway, "grant.removed"))[-1]
        assert (removed["object"], removed["approval"], removed["justification"]) == (RESEARCH, evidence["proposal"], "INC-7")
        assert len(removed["people"]) == 1 and "after" in removed
        assert {one["grant"] for one in unused(gateway)["proposals"]} == {LOCAL}
        assert grant(gateway, "remove", evidence["proposal"]).returncode == 66
        assert did(gateway.cordon("log", "verify"))


def test_what_is_young_or_lies_before_the_log_is_not_proposed(own):
    with own() as (gateway, _):
        assert asked(gateway, "summarize") == 200
        report = unused(gateway)
        assert report["proposals"] == [] and report["grants"] == {"used": 1, "young": 2}
        # In ninety days, when nobody has used anything: what was used today as well.
        assert unused(gateway, "--on", day(89))["proposals"] == []
        assert len(unused(gateway, "--on", day(90))["proposals"]) == 3
        assert len(unused(gateway, "--on", day(30), "--days", 30)["proposals"]) == 3
        told = did(grant(gateway, "unused"))
        assert "not proposed: 2 given within 90 days" in told and "0 proposed for removal" in told
        gateway.configuration["callers"][0]["use_cases"].append({"name": "other", "until": day(10)})
        gateway.configuration["use_cases"].append({**gateway.configuration["use_cases"][0], "id": "other"})
        gateway.write_configuration()
        assert unused(gateway, "--on", day(365))["grants"]["ended"] == 1
        assert unused(gateway)["grants"]["not_recorded"] == 1


def test_a_log_that_cannot_be_read_proposes_nothing_and_says_so(own):
    with own() as (gateway, _):
        assert asked(gateway, "summarize") == 200
        gateway.stop()
        segment = max((gateway.data / "log").rglob("*.seg"), key=lambda path: path.stat().st_size)
        content = bytearray(segment.read_bytes())
        content[len(content) // 3] ^= 1
        segment.write_bytes(content)
        shown = grant(gateway, "unused", "--on", day(400))
        assert shown.returncode == 65 and shown.stdout == "" and "error" in shown.stderr


def test_it_outlives_restarts_and_configurations_until_it_is_restored(own):
    with own() as (gateway, vendor):
        config = gateway.folder / "cordon.yaml"
        did(gateway.cordon("grant", "remove", SUMMARIZE, "--by", "alice", "--reason", "nobody knows why"))
        for stream in (False, True):
            assert asked(gateway, "summarize", stream) == "grant_lapsed"
        # What names none meant the first of the configuration, and does not mean the next.
        assert asked(gateway, None) == "grant_lapsed" and asked(gateway, "research") == 200
        assert json.loads(gateway.get("/v1/models", {"authorization": f"Bearer {gateway.caller.key}"})[2])["data"] != []
        gateway.stop()
        gateway.start()
        assert asked(gateway, "summarize") == "grant_lapsed"
        dead = f"`{SUMMARIZE}` was removed"
        assert f"grants nothing: line ".encode() in gateway.output and dead.encode() in gateway.output
        gateway.configuration["limits"]["body_bytes"] = 99999
        gateway.write_configuration()
        reloaded = subprocess.run([CORDON, "reload", "--config", config], capture_output=True, text=True, env={**os.environ, **SECRETS})
        assert dead in did(reloaded) and asked(gateway, "summarize") == "grant_lapsed"
        shown = did(grant(gateway, "list"))
        assert "by alice : nobody knows why" in shown
        assert listed(gateway)[SUMMARIZE]["removed"]["because"] == "nobody knows why"
        # Prose is in the file, and not in the log.
        assert "justification" not in eventually(lambda: of(gateway, "grant.removed"))[0]
        assert grant(gateway, "remove", SUMMARIZE).returncode == 66
        assert grant(gateway, "remove", "caller:dr-lee/use-case:billing").returncode == 66

        did(gateway.cordon("grant", "restore", SUMMARIZE, "--by", "bruno"))
        # The gateway gives it back when it has read that in the log.
        eventually(lambda: asked(gateway, "summarize") == 200)
        assert gateway.cordon("grant", "restore", SUMMARIZE).returncode == 66
        restored = eventually(lambda: of(gateway, "grant.restored"))[0]
        assert restored["object"] == SUMMARIZE and restored["people"] != of(gateway, "grant.removed")[0]["people"]
        assert listed(gateway)[SUMMARIZE]["given"] == restored["time"]


@pytest.mark.parametrize("by_log", [True, False])
def test_what_was_removed_after_the_backup_is_not_given_back_by_a_restore(own, tmp_path, age_key, by_log):  # noqa: F811
    identity, recipient = age_key
    with own() as (gateway, vendor):
        did(gateway.cordon("grant", "remove", LOCAL, "--by", "alice"))
        keys, archive, before, target = (tmp_path / name for name in ("keys.age", "data.age", "before", "restored"))
        did(escrow(gateway, keys, recipient))
        gateway.stop()
        shutil.copytree(gateway.data, before)
        gateway.start()
        did(gateway.cordon("backup", "--to", archive, "--recipient", recipient))
        eventually(lambda: of(gateway, "backup.made"))
        did(gateway.cordon("grant", "remove", RESEARCH, "--by", "alice"))
        eventually(lambda: len(of(gateway, "grant.removed")) == 2)
        gateway.stop()
        lost = gateway.data
        said = did(gateway.cordon(
            "restore", archive, "--into", target, "--identity", identity, "--escrow", keys, "--escrow-identity", identity))
        assert "was removed since the backup was made is back" in said
        gateway.configuration["data"] = str(target)
        gateway.write_configuration()
        gateway.start()
        assert b"every line: the backup of" in gateway.output
        for use_case in ("summarize", "research", "local"):
            vendor.forget()
            status, _, body = gateway.post(chat(NOTE), headers={"x-cordon-use-case": use_case})
            assert (status, code(body)) == (503, "grants_unreadable") and vendor.requests == []
        shown = did(grant(gateway, "list"))
        assert "Nobody has anything until that is settled" in shown and listed(gateway)[SUMMARIZE]["held"]
        word = shown.splitlines()[-1].rpartition("settle ")[2].strip("`")
        assert grant(gateway, "settle", "0" * 16, "--by", "olga").returncode == 66
        if by_log:
            # Logs that do not go on after the backup say nothing of what was removed since.
            for log in (before, target):
                assert grant(gateway, "settle", "--log", log).returncode == 65
            said = did(grant(gateway, "settle", "--log", lost, "--by", "olga"))
            assert f"removed: {RESEARCH}" in said and "settled" in said
        else:
            did(grant(gateway, "remove", RESEARCH, "--by", "olga"))
            # Another list has another word.
            assert grant(gateway, "settle", word, "--by", "olga").returncode == 66
            word = did(grant(gateway, "list")).splitlines()[-1].rpartition("settle ")[2].strip("`")
            did(grant(gateway, "settle", word, "--by", "olga"))
        assert asked(gateway, "summarize") == 200
        assert asked(gateway, "research") == "grant_lapsed" and asked(gateway, "local") == "grant_lapsed"
        settled = eventually(lambda: of(gateway, "grant.settled"))[0]
        assert settled["object"] == hashlib.sha256(archive.read_bytes()).hexdigest() and settled["people"]
        assert grant(gateway, "settle", word).returncode == 66 and "settle" not in did(grant(gateway, "list"))


def test_it_ends_answers_that_run_while_the_vendor_is_silent(own):
    with own(patient) as (gateway, vendor):
        released = threading.Event()
        vendor.script = slowly(released)
        answers = []
        asking = [
            threading.Thread(target=lambda stream=stream: answers.append(gateway.post(chat(NOTE, stream=stream))))
            for stream in (True, False)]
        for thread in asking:
            thread.start()
        try:
            eventually(lambda: len(vendor.requests) == 2)
            # Without a passphrase nothing but the file is made.
            subprocess.run([CORDON, "grant", "remove", SUMMARIZE, "--data", gateway.data], capture_output=True, check=True)
            for thread in asking:
                thread.join(60)
            assert not any(thread.is_alive() for thread in asking)
        finally:
            released.set()
        for status, _, body in answers:
            assert b"[DONE]" not in body and b"grant_lapsed" in body and status in (200, 403)
        closed = of(gateway, "request.closed")
        assert [(one["outcome"], one["rule"]) for one in closed] == [("withheld", "grant_lapsed")] * 2


@pytest.mark.parametrize("spoil", ["content", "loop"])
def test_nobody_has_anything_when_what_was_removed_cannot_be_read(own, spoil):
    with own() as (gateway, vendor):
        did(gateway.cordon("grant", "remove", RESEARCH, "--by", "alice"))
        path = gateway.data / "grants.removed"
        whole = path.read_bytes()
        assert asked(gateway, "summarize") == 200
        vendor.forget()
        other = path.with_name("other")
        if spoil == "content":
            other.write_bytes(whole[: len(whole) // 2])
        else:
            other.symlink_to(path)
        other.rename(path)
        status, _, body = gateway.post(chat(NOTE))
        assert (status, code(body)) == (503, "grants_unreadable") and vendor.requests == [] and found(body) == []
        other.write_bytes(whole)
        other.rename(path)
        assert asked(gateway, "summarize") == 200 and asked(gateway, "research") == "grant_lapsed"


def test_a_list_that_is_lost_is_written_anew(own):
    with own() as (gateway, _):
        path = gateway.data / "grants.removed"
        did(gateway.cordon("grant", "remove", RESEARCH, "--by", "alice"))
        eventually(lambda: asked(gateway, "research") == "grant_lapsed")
        path.unlink()
        # By the gateway that runs, from what it knows.
        eventually(path.exists)
        assert asked(gateway, "summarize") == 200 and asked(gateway, "research") == "grant_lapsed"
        eventually(lambda: [one for one in of(gateway, "alert.raised") if one["rule"] == "altered_record"])
        gateway.stop()
        path.unlink()
        # Nobody makes a list of something else alone.
        refused = gateway.cordon("grant", "remove", SUMMARIZE, "--by", "alice")
        assert refused.returncode in (65, 74) and "writes it anew" in refused.stderr and not path.exists()
        # By one that begins, from the log.
        gateway.start()
        eventually(path.exists)
        assert asked(gateway, "summarize") == 200 and asked(gateway, "research") == "grant_lapsed"


def test_roles_of_people_and_tools_of_use_cases_are_removed_as_well(own):
    def change(configuration):
        with_policies(configuration, users={USER: ["clinician"], "kim@clinic.example": ["clinician"]})
        mock = configuration["vendors"][0]
        configuration["vendors"].append({
            "id": "library", "kind": "mcp", "tools": ["find_articles"], "base_url": mock["base_url"] + "/mcp",
            "agreement": mock["agreement"], "region": mock["region"]})
        configuration["use_cases"][1]["tool_servers"] = [{"name": "library", "until": day(5)}]

    with own(change) as (gateway, vendor):
        assert ask(gateway, POLICY_NOTE, user=USER)[0] == 200
        person = next(name for name in listed(gateway) if name.startswith("user:") and USER in listed(gateway)[name]["what"])
        assert USER.encode() not in json.dumps(gateway.entries()).encode()
        did(gateway.cordon("grant", "remove", f"user:{USER}/role:clinician", "--by", "alice"))
        status, body = ask(gateway, POLICY_NOTE, user=USER)
        assert (status, body["error"]["code"]) == (403, "not_permitted_by_policy")
        assert ask(gateway, POLICY_NOTE, user="kim@clinic.example")[0] == 200
        assert listed(gateway)[person]["state"] == "removed"
        assert USER not in (gateway.data / "grants.removed").read_text()

        tool = "use-case:research/tool:library/find_articles"
        assert listed(gateway)[tool]["until"] == day(5)
        vendor.script = tool_server()
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "find_articles", "arguments": {"query": "asthma"}}}
        headers = {"x-cordon-use-case": "research", "x-cordon-user": "kim@clinic.example"}
        did(gateway.cordon("grant", "remove", tool))
        vendor.forget()
        refused = json.loads(gateway.post(call, "/mcp/library", headers)[2])
        assert refused["error"]["data"]["rule"] == "grant_lapsed" and vendor.requests == []


def test_a_role_by_which_a_policy_forbids_is_removed_only_when_the_policy_is_named(own):
    role, forbid = "caller:dr-lee/role:auditor", "administrators-and-auditors-see-no-data"

    def change(configuration):
        with_policies(configuration)
        configuration["callers"][0]["roles"] = ["auditor"]

    with own(change) as (gateway, vendor):
        assert listed(gateway)[role]["lifting"] == [forbid] and "lifting" not in listed(gateway)[SUMMARIZE]
        assert f"without it `{forbid}` may allow more" in did(grant(gateway, "unused", "--on", day(365)))
        for arguments in ([], ["--lifting", "own-role"], ["--lifting", forbid, "--lifting", "own-role"]):
            refused = grant(gateway, "remove", role, "--by", "alice", *arguments)
            assert refused.returncode == 66 and listed(gateway)[role]["state"] != "removed"
        assert f"--lifting {forbid}" in grant(gateway, "remove", role).stderr
        did(grant(gateway, "remove", role, "--by", "alice", "--lifting", forbid))
        assert listed(gateway)[role]["state"] == "removed" and listed(gateway)[role]["removed"]["lifting"] == [forbid]
        assert json.loads((gateway.data / "grants.removed").read_text())["removed"][0]["lifting"] == [forbid]
        # What lifts nothing asks for nothing.
        did(grant(gateway, "remove", SUMMARIZE, "--by", "alice"))


def test_what_has_an_end_does_not_exist_after_it(own, on, monkeypatch):
    def change(configuration):
        configuration["callers"][0]["use_cases"][1] = {"name": "research", "until": day(-1)}

    on(-1)
    with own(change) as (gateway, _):
        assert asked(gateway, "research") == 200
        gateway.stop()
        as_it_is(monkeypatch)
        gateway.start()
        assert asked(gateway, "research") == "grant_lapsed" and asked(gateway, "summarize") == 200
        assert [one["object"] for one in of(gateway, "grant.ended")] == [RESEARCH]
        assert f"ended with {day(-1)}" in did(grant(gateway, "list"))
