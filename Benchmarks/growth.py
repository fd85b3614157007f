#!/usr/bin/env python3
"""Looks for text on which `cordon scan` takes more than linear time: many short units, each repeated.

    growth.py [--units N] [--seed S]

For each unit it scans 64 KB and 256 KB of it and prints those whose time grows more than sixfold, slowest first.
"""

import argparse
import random
import subprocess
import time

import machine

PARTS = [*"a1A-_.,:;/@#'\"()[]{}<>|^~*&= \n", "é", "MRN", "Dr.", "Smith", "St", "www", "http", "://", "SSN", "DOB", "01", "12/", "555-", "PID|",
         "name", "Hospital", "County", "of", "the", "May ", "two ", "is", "van", "95", "Jan ", "A ", "F", "Mr "]


def seconds(text):
    start = time.perf_counter()
    subprocess.run([machine.CORDON, "scan", "--jobs", "1"], input=text.encode(), stdout=subprocess.DEVNULL, check=False, timeout=120)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    start = min(seconds("") for _ in range(5))
    found = []
    for _ in range(arguments.units):
        unit = "".join(generator.choice(PARTS) for _ in range(generator.randint(1, 4)))
        small, large = (seconds((unit * (size // len(unit) + 1))[:size]) - start for size in (1 << 16, 1 << 18))
        if large > 0.15 and large > 6 * max(small, 0.005):
            found.append((large, small, unit))
    for large, small, unit in sorted(found, reverse=True):
        print(f"{unit!r:24} 64 KB {small * 1000:8.1f} ms   256 KB {large * 1000:8.1f} ms")
    print(f"{arguments.units} units, {len(found)} grow faster than their length")


if __name__ == "__main__":
    main()
