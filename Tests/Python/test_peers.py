"""The scores that Benchmarks/peers gives other detectors are counted as `cordon evaluate` counts."""

import json
import subprocess
import sys

import pytest
from paths import CORDON, ROOT

sys.path.insert(0, str(ROOT / "Benchmarks/peers"))
from score import joined, score  # noqa: E402


@pytest.mark.parametrize("corpus", ["gold", "second"])
def test_scores_as_cordon_evaluate_does(built, corpus):
    path = ROOT / f"Tests/Gold/{corpus}.jsonl"
    documents = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines = "".join(json.dumps({"id": document["id"], "text": document["text"]}) + "\n" for document in documents)
    scan = subprocess.run([CORDON, "scan", "--jsonl"], input=lines, capture_output=True, text=True, check=True).stdout
    answers = [json.loads(line) for line in scan.splitlines()]
    found = {answer["id"]: [(each["start"], each["end"]) for each in answer["findings"]] for answer in answers}
    evaluated = subprocess.run([CORDON, "evaluate", "--json", path], capture_output=True, text=True, check=True).stdout
    wanted = json.loads(evaluated)["corpora"][0]
    counted = score(path, found)
    shares = (counted.recall, counted.precision, counted.clean, counted.damaged_share)
    names = ("character_recall", "character_precision", "clean_documents", "damaged_documents")
    assert [round(share, 5) for share in shares] == pytest.approx([wanted[name] for name in names], abs=2e-5)


def test_parts_of_words_and_words_of_one_finding_are_one_flag():
    assert joined([(0, 2), (2, 5), (6, 9), (11, 12)], "Maria Ruiz, x") == [(0, 9), (11, 12)]
