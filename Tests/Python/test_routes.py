"""Routes: who answers for what leaves to whom, and the report of where something went."""

import json
import os
import re
import subprocess

from conftest import SECRETS, chat, day
from paths import CORDON


def route(**changes):
    return {
        "id": "R-1", "use_cases": ["summarize"], "vendors": ["mock"], "owner": "privacy-office", "purpose": "TREAT",
        "basis": "treatment", "justification": "Summaries for the ward", "expires": day(30), **changes}


def routed(*routes):
    def change(configuration):
        configuration["routes"] = list(routes)

    return change


def egress(gateway, *arguments):
    return subprocess.run(
        [CORDON, "egress", "--config", gateway.folder / "cordon.yaml", *arguments], capture_output=True, text=True,
        env={**os.environ, **SECRETS})


def test_the_report_of_where_something_went_tells_by_its_exit_code_what_no_route_leads_to(own):
    with own(routed(route())) as (gateway, vendor):
        for _ in range(2):
            assert gateway.post(chat("hello"))[0] == 200
        assert gateway.post(chat("hello"), headers={"x-cordon-use-case": "research"})[0] == 403
        assert gateway.post({**chat("hello"), "model": "loopback"}, headers={"x-cordon-use-case": "local"})[0] == 200
        shown = egress(gateway)
        assert shown.returncode == 0, shown.stderr
        report = json.loads(egress(gateway, "--json").stdout)
        address = vendor.url.removesuffix("/v1")
        assert [(one["destination"], one["calls"], one["approved"]) for one in report["destinations"]] == [
            (address, 2, True)]
        assert report["destinations"][0]["bases"] == ["treatment"] and report["not_approved"] == 0

        # Without routes nothing is approved by name, and what goes out then is found.
        del gateway.configuration["routes"]
        gateway.stop()
        gateway.start()
        assert b"`routes` is not given" in gateway.output
        assert gateway.post(chat("hello"), headers={"x-cordon-use-case": "research"})[0] == 200
        assert egress(gateway).returncode == 1
        gateway.configuration["routes"] = [route(use_cases=["research"])]
        gateway.configuration["vendors"][0]["base_url"] = "https://llm.example/v1"
        gateway.write_configuration()
        moved = egress(gateway)
        assert moved.returncode == 1
        assert re.search(rf"^{re.escape(address)} +mock +3 .* NOT APPROVED$", moved.stdout, re.M)
        assert "https://llm.example:443" in moved.stdout and "approved, not contacted" in moved.stdout


def test_a_route_that_ends_soon_or_is_missing_is_told_by_vendor_check(own):
    with own(routed(route(use_cases=["summarize", "research"]))) as (gateway, _):
        def check(within):
            return subprocess.run(
                [CORDON, "vendor", "check", "--config", gateway.folder / "cordon.yaml", "--within", str(within)],
                capture_output=True, text=True)

        assert check(7).returncode == 0
        soon = check(60)
        assert soon.returncode == 3 and f"route `R-1` on {day(30)}" in soon.stdout
        gateway.configuration["routes"] = [route()]
        gateway.write_configuration()
        missing = check(7)
        assert missing.returncode == 1 and "missing: no_route (45 CFR 164.502(a), 164.506)" in missing.stdout
