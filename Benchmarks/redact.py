"""`cordon redact`: bytes a second on one core, time to the first byte, memory on a large input; `cordon scan`: short texts."""

import json
import os
import random
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import machine
import text


def measure(arguments):
    with tempfile.TemporaryDirectory(prefix="cordon-bench-") as folder:
        folder = Path(folder)
        medium, large = folder / "medium.txt", folder / "large.txt"
        size = text.write(medium, (2 if arguments.quick else 32) << 20)
        runs = [run(medium, folder / "out.txt") for _ in range(1 if arguments.quick else 3)]
        best = min(runs, key=lambda each: each.seconds)
        first = [first_byte(folder) for _ in range(3 if arguments.quick else 21)]
        medium.unlink()
        large_size = text.write(large, int(arguments.gigabytes * 1e9))
        flat = run(large, folder / "out.txt")
        kept = (folder / "out.txt").stat().st_size
    rows = [
        ("`cordon redact`, pinned to one core", "measured", "wanted"),
        (f"{size / 1e6:.0f} MB of notes in one file, best of {len(runs)}", f"{size / 1e6 / best.seconds:.1f} MB/s", ">= 5 MB/s"),
        ("start to first byte out, a note on stdin, median", f"{statistics.median(first):.1f} ms", "< 50 ms"),
        (f"{large_size / 1e9:.2f} GB in one file", f"{large_size / 1e6 / flat.seconds:.1f} MB/s", ""),
        ("  most memory", f"{flat.peak:.0f} MB", "< 100 MB"),
        ("  memory after a tenth, half, all of the time", " ".join(f"{each:.0f}" for each in flat.at(0.1, 0.5, 1.0)) + " MB", "flat"),
        ("  bytes out", f"{kept / 1e9:.2f} GB", ""),
    ]
    texts = [("`cordon scan --jsonl`, each line a text", "a text", "")]
    for size in (100, 500, 2_000, 8_000):
        each = short_text(size, (100_000 if arguments.quick else 4_000_000) // size)
        texts.append((f"texts of {size:,} bytes", f"{each * 1e6:.0f} us", f"{size / 1e6 / each:.1f} MB/s"))
    return [*machine.table(rows), "", *machine.table(texts)]


class Run:
    """How long a run took and how much memory it held on the way."""

    def __init__(self):
        self.seconds, self.peak, self.samples = 0.0, 0.0, []

    def at(self, *shares):
        return [self.samples[min(int(len(self.samples) * share), len(self.samples) - 1)] for share in shares]


def run(source, target):
    """Redacts a file into a file on one core."""
    target.unlink(missing_ok=True)
    result, began = Run(), time.perf_counter()
    process = subprocess.Popen(
        ["taskset", "-c", machine.GATEWAY_CORE, machine.CORDON, "redact", source, "--output", target],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            now, result.peak = machine.resident(process.pid)
            result.samples.append(now)
        except (OSError, TypeError):
            pass
        time.sleep(0.02)
    result.seconds = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"cordon redact ended with {process.returncode}")
    return result


def short_text(size, count):
    """Seconds of a processor that a text of a request's size takes, without the start of the process: least of three."""
    generator = random.Random(size)
    notes = "".join(text.note(generator) for _ in range(64 + size // 512))
    cuts = (generator.randrange(len(notes) - size) for _ in range(count))
    lines = [json.dumps({"text": notes[cut : cut + size]}) + "\n" for cut in cuts]
    with tempfile.TemporaryFile() as none, tempfile.TemporaryFile() as all_of_them:
        none.write(lines[0].encode())
        all_of_them.write("".join(lines).encode())
        return min(processor_time(all_of_them) - processor_time(none) for _ in range(3)) / (count - 1)


def processor_time(source):
    """Seconds that a scan of these lines spends outside the kernel."""
    source.seek(0)
    process = subprocess.Popen([machine.CORDON, "scan", "--jsonl"], stdin=source, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # It ends with 1 when it has found something.
    if process.returncode not in (0, 1):
        raise SystemExit(f"cordon scan ended with {process.returncode}")
    return usage.ru_utime


def first_byte(folder):
    """Milliseconds from the start of the process to the first byte of its answer."""
    note = text.prompt().encode()
    began = time.perf_counter()
    process = subprocess.Popen(
        [machine.CORDON, "redact"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
    process.stdin.write(note)
    process.stdin.close()
    process.stdout.read(1)
    taken = (time.perf_counter() - began) * 1e3
    process.stdout.read()
    process.wait()
    return taken
