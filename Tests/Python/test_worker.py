"""`cordon scan --jsonl` and `cordon redact --jsonl`, as another engine calls them."""

import json
import subprocess

import pytest
from canaries import NOTE, found
from paths import CORDON

LINES = [
    {"id": 1, "text": "Patient: Ottoline Brackenridge, SSN: 219-09-4417."},
    {"id": "é🫀", "text": "🫀🫀 Größe 1,10 – SSN: 219-09-4417 – 🫀 SSN: 219-09-4418"},
    {"id": None, "text": ""},
    {"id": {"a": [1.10]}, "text": NOTE},
]


def worker(command, lines, *arguments):
    data = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    run = subprocess.run([CORDON, command, "--jsonl", *arguments], input=data, capture_output=True, timeout=600)
    return run, [json.loads(line) for line in run.stdout.decode().splitlines()]


def test_offsets_count_code_points_as_python_does(built):
    _, answers = worker("scan", LINES)
    assert [answer["id"] for answer in answers] == [line["id"] for line in LINES]
    for line, answer in zip(LINES, answers):
        for finding in answer["findings"]:
            assert set(finding) == {"start", "end", "kind", "confidence", "detector"}
    numbers = [LINES[1]["text"][f["start"] : f["end"]] for f in answers[1]["findings"] if f["kind"] == "SSN"]
    assert numbers == ["219-09-4417", "219-09-4418"]


def test_offsets_count_bytes_when_asked(built):
    _, answers = worker("scan", LINES, "--offsets", "utf8")
    text = LINES[1]["text"].encode()
    numbers = [text[f["start"] : f["end"]] for f in answers[1]["findings"] if f["kind"] == "SSN"]
    assert numbers == [b"219-09-4417", b"219-09-4418"]


def test_redacted_lines_hold_no_identifier(built):
    run, answers = worker("redact", LINES)
    assert run.returncode == 0 and found(run.stdout) == [] and run.stderr == b""
    assert [answer["id"] for answer in answers] == [line["id"] for line in LINES]
    assert answers[2]["text"] == ""


@pytest.mark.parametrize("bad", [
    b"nonsense\n", b"\n{\n", b'{"id":2}\n', b'{"id":2,"text":7}\n', b'{"id":2,"text":"\xff"}\n', b'{"id":2,"text":"a\\u0000b"}\n',
    b'{"id":2,"text":"\\ud800"}\n', b"[" * 5000 + b"\n", b"\x00\n",
])
def test_a_malformed_line_gives_an_error_on_its_line_and_the_run_goes_on(built, bad):
    run, answers = worker("scan", [LINES[0], bad, LINES[1]])
    assert [answer["id"] for answer in answers][::2] == [1, "é🫀"] and len(answers) == 3
    assert answers[1]["error"] and answers[0]["findings"] and answers[2]["findings"]
    assert found(run.stderr) == []


def test_each_answer_is_flushed_before_the_next_line_comes(built):
    with subprocess.Popen([CORDON, "scan", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for number in range(5):
            process.stdin.write(json.dumps({"id": number, "text": "hello"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == {"id": number, "findings": []}
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_line_without_its_end_is_a_line(built):
    _, answers = worker("scan", [b'{"id":1,"text":"hello"}'])
    assert answers == [{"id": 1, "findings": []}]


def test_a_line_of_many_megabytes_is_answered(built):
    text = "The heart is fine. " * 500_000 + "SSN: 219-09-4417"
    _, answers = worker("scan", [{"id": 1, "text": text}])
    assert [text[f["start"] : f["end"]] for f in answers[0]["findings"]] == ["219-09-4417"]


@pytest.mark.parametrize("data, code", [(b"SSN: 219-09-4417\n", 1), (b"the heart is fine\n", 0), (b"", 0), (b"\xff\xfe\n", 65), (b"a\x00b\n", 65)])
def test_scan_says_by_its_exit_code_what_it_found(built, data, code):
    run = subprocess.run([CORDON, "scan"], input=data, capture_output=True, timeout=120)
    assert run.returncode == code
    assert found(run.stderr) == []


@pytest.mark.parametrize("arguments", [["scan", "--no-such"], ["redact", "--profile", "none"], ["nonsense"]])
def test_bad_usage_is_2(built, arguments):
    assert subprocess.run([CORDON, *arguments], capture_output=True, stdin=subprocess.DEVNULL).returncode == 2


def test_no_partial_output_is_left_when_the_input_turns_out_unreadable(built, tmp_path):
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_bytes(NOTE.encode() * 2000 + b"\xff" + NOTE.encode())
    run = subprocess.run([CORDON, "redact", source, "--output", target], capture_output=True, stdin=subprocess.DEVNULL)
    assert run.returncode == 65 and sorted(path.name for path in tmp_path.iterdir()) == ["in.txt"]
