"""Docs/detection.md, and the examples in the detectors' doc comments that it is made from."""

import json
import subprocess

import pytest
from paths import CORDON, ROOT

SCRIPT = ROOT / "Scripts/detection-page"
EXAMPLES = [json.loads(line) for line in subprocess.run([SCRIPT, "--examples"], capture_output=True, text=True).stdout.splitlines()]


def test_the_page_is_what_the_detectors_say():
    run = subprocess.run([SCRIPT, "--check"], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.fixture(scope="module")
def answers(built):
    lines = "".join(json.dumps({"id": index, "text": example["text"]}) + "\n" for index, example in enumerate(EXAMPLES))
    run = subprocess.run([CORDON, "scan", "--jsonl"], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line)["findings"] for line in run.stdout.splitlines()]


@pytest.mark.parametrize("index", range(len(EXAMPLES)), ids=lambda index: f"{EXAMPLES[index]['detector']}-{index}")
def test_an_example_is_found_as_marked(answers, index):
    example = EXAMPLES[index]
    assert [example["text"][each["start"]:each["end"]] for each in answers[index]] == example["found"]


def test_every_detector_shows_an_example():
    assert len({example["detector"] for example in EXAMPLES}) >= 25
