"""Compares decisions of `cordon policy authorize` with those of the reference engine, over random worlds.

Usage: cedar_differential.py [--cordon COMMAND] [--requests N] [--seed S] [--jobs J]

Each world is a schema, entities, several policies and a hundred requests (`cedar_worlds.py`); decision, reasons and
errors of every request must agree. It needs the package `cedarpy`. The exit status is 0 only without a disagreement.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cedarpy
from cedar_worlds import documents

REQUESTS_PER_WORLD = 100


def ours(command, folder, requests):
    """One answer a request; what the command prints on its standard error when it refuses the whole world."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    run = subprocess.run(
        [*command, "policy", "authorize", "--policies", folder / "policies.cedar", "--entities",
         folder / "entities.json", "--schema", folder / "schema.cedarschema"],
        input=lines, capture_output=True, text=True, check=False, encoding="utf-8")
    if run.returncode != 0:
        return run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def named(errors):
    """The policies that the reference's messages are about."""
    return sorted({re.search(r"`(policy\d+)`", error).group(1) for error in errors})


def world(command, seed):
    """What came of one world: a tally, and the disagreements in words."""
    made, schema, entities = documents(seed, policies=1 + seed % 12)
    requests = [made.request() for _ in range(REQUESTS_PER_WORLD)]
    tally = collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policies.cedar").write_text(made.policies, encoding="utf-8")
        (folder / "schema.cedarschema").write_text(schema, encoding="utf-8")
        (folder / "entities.json").write_text(entities, encoding="utf-8")
        answers = ours(command, folder, requests)
    theirs = cedarpy.is_authorized_batch(requests, made.policies, entities, schema)
    refused = theirs[0].decision.name == "NoDecision"
    if isinstance(answers, str):
        return tally, [] if refused else ["seed %d: refused: %s" % (seed, answers)]
    wrong = []
    if len(answers) != len(requests):
        return tally, ["seed %d: %d answers to %d requests" % (seed, len(answers), len(requests))]
    for place, (answer, reference) in enumerate(zip(answers, theirs)):
        if reference.decision.name == "NoDecision":
            expected = None
            agrees = "error" in answer
        else:
            expected = [reference.decision.name.lower(), sorted(reference.diagnostics.reasons),
                        named(reference.diagnostics.errors)]
            agrees = expected == [answer.get("decision"), sorted(answer.get("reason", [])), sorted(answer.get("errors", []))]
            tally[expected[0]] += 1
            tally["with several reasons"] += len(expected[1]) > 1
            tally["with errors"] += bool(expected[2])
        tally["requests"] += 1
        if not agrees:
            wrong.append("seed %d, request %d: expected %s, found %s" % (seed, place, expected, answer))
    return tally, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cordon", default=".build/release/cordon", help="the command, words separated by spaces")
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first world")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    command = options.cordon.split()
    seeds = range(options.seed, options.seed + -(-options.requests // REQUESTS_PER_WORLD))
    tally, disagreements, start = collections.Counter(), 0, time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for part, wrong in pool.map(world, [command] * len(seeds), seeds, chunksize=20):
            tally += part
            disagreements += len(wrong)
            for line in wrong[: max(0, 20 - disagreements + len(wrong))]:
                print(line)
    print("%d worlds, seeds %d to %d, in %.0f s" % (len(seeds), seeds[0], seeds[-1], time.monotonic() - start))
    for name, count in sorted(tally.items()):
        print("%10d %s" % (count, name))
    print("%10d disagreements" % disagreements)
    sys.exit(disagreements > 0)


if __name__ == "__main__":
    main()
