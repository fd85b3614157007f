"""`Scripts/status` joins rows, tests and results, and `Scripts/count` closes a run."""

import json
import shutil
import subprocess
import sys

import pytest
from paths import ROOT

CATALOGUE = """# Catalogue

## 1. De-identification (DID)

| ID | Requirement | Type | What Cordon does | Acceptance test (observable) | Citation |
|---|---|---|---|---|---|
| DID-01 | First | E | - | - | - |
| DID-02 | Second | E | - | - | - |
| DID-03 | Third | E | - | - | - |

## 3. Audit (AUD)

| ID | Requirement | Type | What Cordon does | Acceptance test (observable) | Citation |
|---|---|---|---|---|---|
| AUD-21 | No gaps | E | - | - | - |
"""


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "Docs").mkdir()
    (tmp_path / "Docs/requirements.md").write_text(CATALOGUE)
    (tmp_path / "Tests/PHITests").mkdir(parents=True)
    (tmp_path / ".build/test-results").mkdir(parents=True)
    return tmp_path


def status(repository, *arguments):
    command = [sys.executable, ROOT / "Scripts/status", "--root", repository, *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def states(repository):
    """The state of each row that has a test, as the report has it."""
    cells = [line.split(" | ") for line in (repository / "Docs/requirements-status.md").read_text().splitlines()]
    return {row[0].strip("| "): row[2] for row in cells if len(row) == 4 and row[2] not in ("open", "state")}


def record(repository, *tests):
    """Writes the event stream of a run: each test as (file, name, outcome)."""
    lines = []
    for file, name, outcome in tests:
        id = f"M.{name}/{file}:1:1"
        lines.append({"kind": "test", "payload": {
            "id": id, "kind": "function", "name": f"`{name}`()", "sourceLocation": {"filePath": f"/build/Tests/{file}"}}})
        events = {
            "passed": ["testStarted", "testEnded"],
            "failed": ["testStarted", "issueRecorded", "testEnded"],
            "crashed": ["testStarted"],
            "skipped": ["testSkipped"],
        }[outcome]
        said = {"issue": {"isFailure": True}, "messages": [{"symbol": "fail", "text": f"Expectation of {name}"}]}
        lines += [{"kind": "event", "payload": {"kind": kind, "testID": id, **said}} for kind in events]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (repository / ".build/test-results/swift.jsonl").write_text(text)


def count(repository, *statuses):
    """A run's closing count, by a copy of the script: it counts what stands in the tree that it is in."""
    (repository / "Scripts").mkdir(exist_ok=True)
    for script in ("count", "results.py"):
        shutil.copy(ROOT / "Scripts" / script, repository / "Scripts" / script)
    return subprocess.run([sys.executable, repository / "Scripts/count", *statuses], capture_output=True, text=True)


def write(repository, path, text):
    file = repository / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize("outcome, state", [
    ("passed", "proved"), ("failed", "failing"), ("crashed", "failing"), ("skipped", "not run"), (None, "not run"),
])
def test_a_row_is_proved_only_by_a_test_that_passed(repository, outcome, state):
    write(repository, "Tests/PHITests/A.swift", '@Test(.proves("DID-01"), arguments: [1])\nfunc `keeps "years"`(_ n: Int) {}\n')
    record(repository, *[("PHITests/A.swift", 'keeps "years"', outcome)] if outcome else [])
    assert status(repository).returncode == 0
    assert states(repository) == {"DID-01": state}


def test_one_failing_test_of_two_leaves_the_row_failing(repository):
    write(repository, "Tests/PHITests/A.swift", '@Test(.proves("DID-01", "DID-02")) func `one`() {}\n@Test(.proves("DID-01")) func `two`() {}')
    record(repository, ("PHITests/A.swift", "one", "passed"), ("PHITests/A.swift", "two", "failed"))
    status(repository)
    assert states(repository) == {"DID-01": "failing", "DID-02": "proved"}


def test_a_test_of_the_same_name_in_another_file_proves_nothing(repository):
    write(repository, "Tests/PHITests/A.swift", '@Test(.proves("DID-01")) func `one`() {}')
    record(repository, ("PHITests/B.swift", "one", "passed"))
    status(repository)
    assert states(repository) == {"DID-01": "not run"}


@pytest.mark.parametrize("path, text", [
    ("Tests/PHITests/A.swift", '\n@Test(.proves("DID-09"))\nfunc `x`() {}'),
    ("Tests/Python/test_a.py", "import x\n# proves: DID-01, DID-09\ndef test_x(): pass"),
    ("Tests/Shell/a.sh", "#!/bin/sh\n# proves: DID-09\ntrue"),
])
@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_an_id_that_does_not_exist_fails_and_is_named_with_its_place(repository, path, text, arguments):
    write(repository, path, text)
    run = status(repository, *arguments)
    assert (run.returncode, run.stderr) == (1, f"{path}:2: the catalogue has no row `DID-09`\n")


def test_a_mark_in_a_comment_or_a_string_is_no_mark(repository):
    write(repository, "Tests/PHITests/A.swift", '// @Test(.proves("DID-99"))\n/* .proves("DID-98") */ func f() {}\nlet s = #".proves("DID-97")"#')
    run = status(repository, "--check")
    assert (run.returncode, run.stderr) == (0, "")


def test_a_python_test_is_joined_with_all_its_parameters(repository):
    write(repository, "Tests/Python/test_a.py", "# proves: AUD-21\n@pytest.mark.parametrize('x', [1, 2])\ndef test_x(x): pass\n")
    case = '<testcase classname="Tests.Python.test_a" name="test_x[{}]">{}</testcase>'
    for second, state in (("", "proved"), ("<failure/>", "failing"), ("<skipped/>", "not run")):
        report = f"<testsuites><testsuite>{case.format(1, '')}{case.format(2, second)}</testsuite></testsuites>"
        (repository / ".build/test-results/python.xml").write_text(report)
        status(repository)
        assert states(repository) == {"AUD-21": state}


def test_the_matrix_counts_each_group(repository):
    write(repository, "Tests/PHITests/A.swift", '@Test(.proves("DID-01")) func `one`() {}')
    record(repository, ("PHITests/A.swift", "one", "passed"))
    assert status(repository).stdout.splitlines() == [
        "",
        "De-identification (DID): 3 rows, 1 proved, 2 open",
        "  DID-01  proved",
        "          passed   Tests/PHITests/A.swift: one",
        "  open: DID-02 DID-03",
        "",
        "Audit (AUD): 1 rows, 1 open",
        "  open: AUD-21",
        "",
        "all: 4 rows, 1 proved, 3 open",
    ]


@pytest.mark.parametrize("statuses, last, code", [
    (("0", "0"), "3 passed, 0 failed, 1 skipped", 0),
    (("1", "0"), "3 passed, 1 failed, 1 skipped", 1),
    (("0", "139"), "3 passed, 1 failed, 1 skipped", 1),
])
def test_the_count_adds_the_runners_and_counts_a_crash_as_a_failure(repository, statuses, last, code):
    record(repository, *[("PHITests/A.swift", name, outcome) for name, outcome in (("a", "passed"), ("b", "passed"), ("c", "skipped"))])
    report = '<testsuites><testsuite><testcase classname="Tests.Python.test_a" name="test_x"/></testsuite></testsuites>'
    (repository / ".build/test-results/python.xml").write_text(report)
    run = count(repository, *statuses)
    assert (run.stdout.splitlines()[-1], run.returncode) == (last, code)


def test_the_count_names_what_failed_and_says_why(repository):
    record(repository, ("PHITests/A.swift", "a", "passed"), ("PHITests/A.swift", "b", "failed"), ("PHITests/A.swift", "c", "crashed"))
    report = """<testsuites><testsuite><testcase classname="Tests.Python.test_a" name="test_x[1]"><failure message="assert 1 == 2"/></testcase>
        </testsuite></testsuites>"""
    (repository / ".build/test-results/python.xml").write_text(report)
    run = count(repository, "1", "1")
    assert run.stdout.splitlines() == [
        "failed: Tests/PHITests/A.swift: b",
        "    Expectation of b",
        "failed: Tests/PHITests/A.swift: c",
        "failed: Tests/Python/test_a.py: test_x",
        "    assert 1 == 2",
        "1 passed, 3 failed, 0 skipped",
    ]


def test_a_runner_that_ran_no_test_is_a_failure(repository):
    run = count(repository, "0", "0")
    assert (run.stdout.splitlines()[-1], run.returncode) == ("0 passed, 2 failed, 0 skipped", 1)
