"""Writes 120 hospital policies, the entities of a hospital and requests, for measuring how long a decision takes."""

import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CLASSES = ["deidentified", "limited", "demographics", "diagnoses", "medications", "laboratory", "imaging", "notes",
           "genetic", "hiv", "mental-health", "substance-use", "psychotherapy", "billing"]
ROLES = ["ai-researcher", "data-scientist", "clinician", "reviewer", "privacy-officer", "security-engineer",
         "system-administrator", "auditor"]
PURPOSES = ["TREAT", "ETREAT", "HPAYMT", "HOPERAT", "HRESCH", "HQUALIMP", "PUBHLTH"]
TEAMS = ["ward-%02d" % number for number in range(20)]


def uid(type_, id_):
    return {"type": type_, "id": id_}


def reference(type_, id_):
    return {"__entity": uid(type_, id_)}


def policies(count):
    base = (HERE.parent / "Sources/EmbeddedPolicies/hospital.cedar").read_text()
    made = base.count("@id(")
    parts = [base]
    for number in range(count - made):
        team, kind = TEAMS[number % len(TEAMS)], number // len(TEAMS)
        parts.append([
            '@id("%s-asks")\npermit (principal in Team::"%s", action == Action::"ask", resource in Team::"%s")\n'
            'when { context.purpose == "HQUALIMP" && context.circumstances.managedDevice };\n',
            '@id("%s-reads")\npermit (principal in Team::"%s", action == Action::"read", resource in Team::"%s")\n'
            'when { principal.environment == resource.environment && context.circumstances.mfa };\n',
            '@id("%s-reviews")\npermit (principal in Team::"%s", action == Action::"review", resource in Team::"%s")\n'
            'when { ["HQUALIMP", "HOPERAT"].contains(context.purpose) };\n',
            '@id("%s-outside")\nforbid (principal in Team::"%s", action == Action::"ask", resource in Team::"%s")\n'
            'when { context.circumstances has address && !context.circumstances.address.isInRange(ip("10.0.0.0/8")) };\n',
            '@id("%s-night")\nforbid (principal in Team::"%s", action in Action::"use-data", resource in Team::"%s")\n'
            'when { context.circumstances.now.toTime() < duration("4h") && !context.circumstances.mfa };\n',
        ][kind % 5] % (team, team, team))
    return "\n".join(parts)


def entities(dice):
    made = [{"uid": uid("Action", "use-data"), "attrs": {}, "parents": []},
            {"uid": uid("Action", "ask-model"), "attrs": {}, "parents": [uid("Action", "use-data")]}]
    for action in ["see-identifiers", "use-tool", "read", "train", "export", "read-conversation", "review"]:
        made.append({"uid": uid("Action", action), "attrs": {}, "parents": [uid("Action", "use-data")]})
    for action in ["ask", "embed", "batch", "retrieve"]:
        made.append({"uid": uid("Action", action), "attrs": {}, "parents": [uid("Action", "ask-model")]})
    for number in range(400):
        made.append({"uid": uid("Person", "p%03d" % number), "attrs": {
            "environment": dice.choice(["production", "production", "development"])},
            "parents": [uid("Role", ROLES[number % 8]), uid("Team", dice.choice(TEAMS))]})
    for number in range(5):
        made.append({"uid": uid("Vendor", "v%d" % number), "attrs": {
            "agreement": number > 0, "trainsOnInput": False, "inside": False, "region": "us" if number < 4 else "eu"},
            "parents": []})
    for number in range(10):
        made.append({"uid": uid("Model", "m%d" % number), "attrs": {"vendor": reference("Vendor", "v%d" % (number % 5))},
                     "parents": [uid("Vendor", "v%d" % (number % 5))]})
    for number in range(60):
        attributes = {"model": reference("Model", "m%d" % (number % 10)), "environment": "production",
                      "showsIdentifiers": number % 2 == 0}
        if number % 3 == 0:
            attributes["approval"] = "2026-%03d" % number
        made.append({"uid": uid("Route", "r%02d" % number), "attrs": attributes,
                     "parents": [uid("Model", "m%d" % (number % 10)), uid("Team", dice.choice(TEAMS))]})
    for number in range(60):
        made.append({"uid": uid("Dataset", "d%02d" % number), "attrs": {
            "classes": [reference("DataClass", name) for name in dice.sample(CLASSES[:dice.choice([1, 2, 7, 14])], 1)],
            "environment": dice.choice(["production", "development"]),
            "assigned": [reference("Person", "p%03d" % dice.randrange(400)) for _ in range(8)]},
            "parents": [uid("Team", dice.choice(TEAMS))]})
    return made


# What each role mostly does, and for which purposes; the rest is asked in vain.
WORK = {"ai-researcher": (["ask", "read"], ["HRESCH"]), "data-scientist": (["read", "train", "ask"], ["HRESCH", "HQUALIMP"]),
        "clinician": (["ask", "ask", "see-identifiers"], ["TREAT", "TREAT", "ETREAT", "HPAYMT"]),
        "privacy-officer": (["ask"], ["HOPERAT"])}


def request(dice):
    person = dice.randrange(400)
    if dice.random() < 0.6:
        person = person // 8 * 8 + dice.choice([0, 1, 2, 2, 2, 2, 4])
    actions, purposes = WORK.get(ROLES[person % 8], (["ask", "read"], PURPOSES))
    if dice.random() < 0.2:
        purposes = PURPOSES
    action = dice.choice(actions)
    resource = uid("Route", "r%02d" % dice.randrange(60)) if action in ("ask", "see-identifiers") else uid(
        "Dataset", "d%02d" % dice.randrange(60))
    circumstances = {"mfa": dice.random() < 0.7, "managedDevice": dice.random() < 0.9,
                     "now": {"__extn": {"fn": "datetime", "arg": "2026-11-21T%02d:15:00Z" % dice.randrange(24)}}}
    if dice.random() < 0.5:
        circumstances["address"] = {"__extn": {"fn": "ip", "arg": dice.choice(["10.1.2.3", "198.51.100.7"])}}
    return {"principal": uid("Person", "p%03d" % person), "action": uid("Action", action),
            "resource": resource, "context": {
                "purpose": dice.choice(purposes), "confidentiality": dice.choice("NNNRV"), "restricted": dice.random() < 0.05,
                "classes": [reference("DataClass", name) for name in dice.sample(CLASSES[:dice.choice([1, 2, 7, 14])], 1)],
                "consents": dice.sample(["42CFR2", "psychotherapy", "research"], dice.randint(0, 2)),
                "useCase": "summarize", "found": [], "shown": [], "circumstances": circumstances}}


def main(folder, count=2000):
    dice = random.Random(20261121)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policies.cedar").write_text(policies(120))
    (folder / "entities.json").write_text(json.dumps(entities(dice)))
    with open(folder / "requests.jsonl", "w", encoding="utf-8") as file:
        for _ in range(count):
            file.write(json.dumps(request(dice)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
