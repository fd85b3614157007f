"""SQLite as an audit log: each row has the hash of its text and of the row before; WAL, synchronous=FULL.

    ledger_sqlite.py FOLDER ENTRIES

Rows are as long as the entries that `cordon log measure` writes, and are made before the clock starts. Making JSON and
waiting callers, which the other figure includes, are not in this one.
"""

import hashlib
import os
import sqlite3
import sys
import time
from pathlib import Path

LEAF, PART = 1_291, 109


def rows(count):
    text = b"x" * (LEAF - 20)
    part = os.urandom(PART)
    return [(b"%020d" % number + text, part) for number in range(count)]


def measure(folder, entries, batch):
    path = Path(folder) / "chain.sqlite"
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, leaf BLOB, part BLOB, hash BLOB)")
    made = rows(entries)
    previous = bytes(32)
    start, spent = time.perf_counter(), time.process_time()
    for first in range(0, entries, batch):
        database.execute("BEGIN IMMEDIATE")
        chained = []
        for leaf, part in made[first : first + batch]:
            previous = hashlib.sha256(previous + leaf).digest()
            chained.append((leaf, part, previous))
        database.executemany("INSERT INTO entry (leaf, part, hash) VALUES (?, ?, ?)", chained)
        database.execute("COMMIT")
    seconds, spent = time.perf_counter() - start, time.process_time() - spent
    start = time.perf_counter()
    previous = bytes(32)
    for leaf, stored in database.execute("SELECT leaf, hash FROM entry ORDER BY id"):
        previous = hashlib.sha256(previous + leaf).digest()
        assert previous == stored
    checked = time.perf_counter() - start
    database.close()
    for name in Path(folder).glob("chain.sqlite*"):
        name.unlink()
    print(
        "%d rows, %d a transaction: %d rows/s, %.1f us CPU a row; chain checked at %d rows/s"
        % (entries, batch, entries / seconds, spent / entries * 1e6, entries / checked))


folder, entries = sys.argv[1], int(sys.argv[2])
measure(folder, entries, 256)
measure(folder, min(entries, 2000), 1)
