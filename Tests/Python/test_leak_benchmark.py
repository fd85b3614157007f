"""The third-party `pii-leak-benchmark`: what a vendor gets to see, and what its client gets back, at every cut.

`CORDON_LEAK_ORACLE=exhaustive-3-part` (`make leak-benchmark`) cuts each planted value in every way into three.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ports import free_port

ORACLE = os.environ.get("CORDON_LEAK_ORACLE", "midpoint")
SEEDS = os.environ.get("CORDON_LEAK_SEEDS", "a1b2c3d4e5f60001").split()
PROGRAMS = Path(sys.executable).parent


@pytest.fixture
def measured(own):
    """A gateway whose vendor is the benchmark's own, and the port on which that is to listen."""

    def start():
        port = free_port()
        return own(lambda configuration: configuration["vendors"][0].update(base_url=f"http://127.0.0.1:{port}/v1")), port

    return start


def run(gateway, program, *arguments):
    done = subprocess.run(
        [PROGRAMS / program, *map(str, arguments)], capture_output=True, text=True, cwd=gateway.folder,
        env={**os.environ, "CONFORMANCE_TARGET_API_KEY": gateway.caller.key})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", SEEDS)
def test_restores_everything_and_leaks_nothing_at_every_cut(measured, seed):
    start, port = measured()
    with start as (gateway, _):
        out = gateway.folder / "out"
        run(gateway, "pii-leak-benchmark-v2", "--validate", "--out", out, "--only", "cordon",
            "--gateway-url", f"http://127.0.0.1:{gateway.port}/v1/chat/completions", "--upstream-port", port,
            "--model", "gpt-4o-mini", "--oracle", ORACLE, "--partial-emission", "--seed", seed, "--json-out", out / "summary.json")
    row = json.loads((out / "summary.json").read_text())["rows"][0]
    measured = {name: row[name] for name in (
        "fidelity_rate", "leak_single_chunk", "leak_adversarial", "inconclusive", "outcome", "request_path_leak", "schema_valid")}
    assert measured == {
        "fidelity_rate": 1.0, "leak_single_chunk": 0.0, "leak_adversarial": 0.0, "inconclusive": 0, "outcome": "pass",
        "request_path_leak": [], "schema_valid": True}
    assert row["cases_applicable"] == row["cases_attempted"] == row["echo_observable"] == 32
    partial = json.loads((out / "cordon.partial-emission.json").read_text())["metrics"]
    assert partial["cases_partial_emission"] == 0 and partial["cases_applicable"] == 32


def test_its_first_version_finds_the_boundary_fidelity_and_fragments_in_order(measured):
    start, port = measured()
    with start as (gateway, _):
        report = gateway.folder / "report.json"
        run(gateway, "pii-leak-benchmark", "--target-base-url", f"http://127.0.0.1:{gateway.port}/v1",
            "--target-model", "gpt-4o-mini", "--capture-port", port, "--iterations", 5, "--json-out", report,
            "--redaction-claimed", "claimed", "--redaction-claim-citation", "https://cordon.example/docs",
            "--redaction-enabled", "--redaction-config-reference", "the configuration of the tests")
        checked = json.loads(report.read_text())
        assert {name: check["passed"] for name, check in checked["checks"].items()} == {
            "configured_upstream_boundary": True, "response_fidelity": True, "sse_validity": True,
            "fragmentation_safety": True, "client_observed_latency": True}
        assert checked["passed"] and checked["outcome"] == "pass"
        said = run(gateway, "pii-leak-benchmark", "selfcheck", "--target-base-url", f"http://127.0.0.1:{gateway.port}/v1",
                   "--target-model", "gpt-4o-mini", "--capture-port", port, "--no-credentials")
        assert "CLEAN" in said
