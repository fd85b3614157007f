"""What the last `make test` recorded: one outcome for each test function."""

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(".build/test-results")


@dataclass(frozen=True)
class Result:
    """The outcome of one test function, or of one suite of them."""

    path: str  # of the source file, from the repository's root
    name: str  # of the function or suite, without parameters and back-ticks
    outcome: str  # "passed", "failed" or "skipped"
    is_suite: bool = False
    issues: list = field(default_factory=list, compare=False)  # what a failed function's runner said of it


def of_swift(file):
    """Reads the event stream of Swift Testing: JSON lines, each a test found or something that happened to it."""
    tests, started, ended, failed, skipped = {}, set(), set(), {}, set()
    for line in lines(file):
        try:
            record = json.loads(line)
        except ValueError:  # a crash can cut the last line
            continue
        payload = record["payload"]
        if record["kind"] == "test":
            tests[payload["id"]] = payload
            continue
        test, kind = payload.get("testID"), payload["kind"]
        if kind == "testStarted":
            started.add(test)
        elif kind == "testEnded":
            ended.add(test)
        elif kind == "testSkipped":
            skipped.add(test)
        elif kind == "issueRecorded" and payload.get("issue", {}).get("isFailure", True):
            said = "; ".join(message["text"] for message in payload.get("messages", []))
            failed.setdefault(test, []).append(said)
    results = []
    for id, test in tests.items():
        parts = [id] if test["kind"] == "function" else [
            other for other, found in tests.items()
            if found["kind"] == "function" and other.startswith((id + "/", id + "."))
        ]
        outcomes = {
            "failed" if part in failed or (part in started and part not in ended)
            else "skipped" if part not in ended
            else "passed"
            for part in parts
        }
        if outcomes:
            name = test["name"].partition("(")[0] if test["name"][:1] != "`" else test["name"][1:].partition("`")[0]
            path = source_path(test["sourceLocation"])
            results.append(Result(path, name, worst(outcomes), test["kind"] == "suite", failed.get(id, [])))
    return results


def of_pytest(file):
    """Reads a JUnit report of pytest, case by case."""
    if not file.exists():
        return []
    cases = []
    for case in ET.parse(file).iter("testcase"):
        names = {child.tag for child in case}
        issues = [child.get("message", "") for child in case if child.tag in ("failure", "error")]
        outcome = "failed" if names & {"failure", "error"} else "skipped" if "skipped" in names else "passed"
        path = case.get("classname", "").replace(".", "/") + ".py"
        cases.append(Result(path, case.get("name", "").partition("[")[0], outcome, issues=issues))
    return cases


def of_last_run(root):
    """Every result that the last run left under the repository's root."""
    folder = root / FOLDER
    return of_swift(folder / "swift.jsonl") + of_pytest(folder / "python.xml")


def worst(outcomes):
    """A test passed only when all of it passed."""
    return next((outcome for outcome in ("failed", "skipped") if outcome in outcomes), "passed")


def source_path(location):
    """The path of a source file from the repository's root, wherever it was built."""
    path = location.get("filePath") or location["_filePath"]
    _, found, rest = path.rpartition("/Tests/")
    return f"Tests/{rest}" if found else path


def lines(file):
    return file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else []
