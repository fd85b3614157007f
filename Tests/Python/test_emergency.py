"""Emergency mode: what is vital goes on with every vendor down, what can wait does, and the log has all of it."""

import json
import os
import subprocess

from canaries import NOTE
from conftest import SECRETS, chat, new_caller
from custodians import did
from paths import CORDON


def ranked(auditor):
    def change(configuration):
        configuration["log"] = {"readers": ["auditor"]}
        configuration["callers"].append({"id": "auditor", "key_hash": auditor.hash, "use_cases": ["summarize"]})
        configuration["emergency"] = {"vendor": "inside", "model": "loopback"}
        for use_case, criticality in zip(configuration["use_cases"], ("vital", "routine", "important")):
            use_case["criticality"] = criticality

    return change


def status(gateway):
    return subprocess.run(
        [CORDON, "emergency", "status", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True,
        env={**os.environ, **SECRETS})


# proves: OPS-12
def test_what_is_vital_goes_on_and_the_log_is_written_and_read_with_every_vendor_down(own):
    auditor = new_caller()
    with own(ranked(auditor)) as (gateway, vendor):
        def ask(use_case, model="gpt-4o-mini"):
            code, headers, body = gateway.post(
                {**chat(NOTE), "model": model}, headers={"x-cordon-use-case": use_case, "x-cordon-patient": "Patient/1"})
            return code, headers, json.loads(body)

        def read(path="checkpoint"):
            return gateway.get(f"/log/{path}", headers={"authorization": f"Bearer {auditor.key}"})[0]

        assert ask("summarize")[0] == 200
        vendor.close()
        # The connections that were open go with it.
        gateway.stop()
        gateway.start()
        # Without an emergency nobody else may be asked.
        assert ask("summarize")[0] in (502, 503)
        assert status(gateway).returncode == 0

        did(gateway.cordon("emergency", "begin", "--reason", "INC-7", "--by", "alice"))
        shown = status(gateway)
        assert shown.returncode == 3 and "by alice" in shown.stdout and "INC-7" in shown.stdout
        assert [line.split() for line in shown.stdout.splitlines()[1:]] == [
            ["vital", "summarize", "goes", "on"], ["important", "local", "goes", "on"], ["routine", "research", "waits"]]
        code, headers, body = ask("summarize")
        assert code == 200 and len(body["choices"][0]["message"]["content"]) > 20
        code, headers, body = ask("research")
        assert (code, body["error"]["code"], headers["retry-after"]) == (503, "emergency_mode", "300")
        assert "waits until the emergency is over; nothing was lost" in body["error"]["message"]
        assert json.loads(gateway.get("/readyz")[2])["emergency"] is True

        # The log is written, served and explained as ever, and stays whole.
        assert read() == 200
        assert gateway.cordon("log", "verify").returncode == 0
        entries = gateway.entries()
        assert [one["object"] for one in entries if one["event"] == "emergency.begun"] == ["emergency:INC-7"]
        answered = [one for one in entries if one["event"] == "request.closed" and one["outcome"] == "completed"]
        assert [one["vendor"] for one in answered] == ["mock", "inside"]
        assert "completed" in did(gateway.cordon("explain", answered[-1]["request"]))

        # It holds over a restart, and ends for everybody at once.
        gateway.stop()
        gateway.start()
        assert ask("research")[1]["retry-after"] == "300" and ask("summarize")[0] == 200 and read() == 200
        did(gateway.cordon("emergency", "end", "--by", "alice"))
        assert ask("summarize")[0] in (502, 503) and ask("local", "loopback")[0] == 200
        assert [one["event"] for one in gateway.entries() if one["event"].startswith("emergency")] == [
            "emergency.begun", "emergency.ended"]
        assert gateway.cordon("emergency", "end").returncode != 0
