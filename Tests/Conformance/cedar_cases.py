"""Writes the project's own conformance cases: several policies each, decided by the reference engine.

Usage: cedar_cases.py FOLDER [CASES [REQUESTS]]; needs the package `cedarpy`.
"""

import json
import re
import sys
from pathlib import Path

import cedarpy
from cedar_worlds import documents


def decided(request, policies, entities, schema):
    answer = cedarpy.is_authorized(request, policies, entities, schema)
    if answer.decision.name == "NoDecision":
        return None
    errors = sorted({re.search(r"`(policy\d+)`", error).group(1) for error in answer.diagnostics.errors})
    return {"decision": answer.decision.name.lower(), "reason": sorted(answer.diagnostics.reasons), "errors": errors}


def main(folder, cases=60, requests=20):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    seed = written = 0
    while written < cases:
        seed += 1
        world, schema, entities = documents(seed, policies=2 + seed % 9)
        try:
            faults = cedarpy.validate_policies(world.policies, schema).errors
        except ValueError:
            continue
        asked = []
        while len(asked) < requests:
            request = world.request()
            answer = decided(request, world.policies, entities, schema)
            if answer is None:
                break
            asked.append({**request, **answer})
        if len(asked) < requests or not any(request["decision"] == "allow" for request in asked):
            continue
        name = "%02d" % written
        (folder / (name + ".cedar")).write_text(world.policies, encoding="utf-8")
        (folder / (name + ".cedarschema")).write_text(schema, encoding="utf-8")
        (folder / (name + ".entities.json")).write_text(entities + "\n", encoding="utf-8")
        head = json.dumps({"policies": name + ".cedar", "entities": name + ".entities.json",
                           "schema": name + ".cedarschema", "shouldValidate": not faults})
        lines = ",\n".join(json.dumps(request, ensure_ascii=False) for request in asked)
        (folder / (name + ".json")).write_text(
            '%s, "requests": [\n%s\n]}\n' % (head[:-1], lines), encoding="utf-8")
        written += 1


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
