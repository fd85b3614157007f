"""Files of kept maps that earlier versions wrote, or that are made of anything else than Cordon makes."""

import os
import sqlite3
import subprocess
import tarfile

import pytest
from conftest import SECRETS
from custodians import did
from paths import CORDON, ROOT


def from_before(tmp_path, fixture):
    """The file of a data directory of an earlier version, and how it is asked."""
    with tarfile.open(ROOT / f"Tests/Python/fixtures/{fixture}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")

    def cordon(*arguments):
        return did(subprocess.run(
            [CORDON, *arguments, "--data", tmp_path / "d"], capture_output=True, text=True, env={**os.environ, **SECRETS}))

    return tmp_path / "d/vault/kept.sqlite", cordon


@pytest.mark.parametrize("change", [None, "DELETE FROM kept", "UPDATE kept SET expires = expires + 1", "UPDATE stand SET generation = 0"])
def test_a_file_from_before_there_was_a_register_is_believed_once(tmp_path, change):
    file, cordon = from_before(tmp_path, "kept-before-register")
    with sqlite3.connect(file) as store:
        store.execute(change or "VACUUM")
        old = {table: store.execute(f"SELECT * FROM {table}").fetchall() for table in ("stand", "kept")}
    if change:
        assert cordon("kept", "repair", "--dry-run").startswith("the file does not say which maps it should have\n")
        cordon("kept", "repair")
        return
    assert cordon("kept", "repair") == "nothing is wrong\n"
    code = cordon("kept", "list").split()[0]
    # What it said of itself before is believed no more.
    with sqlite3.connect(file) as store:
        store.execute("DELETE FROM root")
        store.executemany("INSERT INTO stand VALUES (?, ?, ?, ?)", old["stand"])
    assert f"altered  {code}\n" in cordon("kept", "repair")
    assert cordon("kept", "list") == "0 maps, 0 bytes\n" and cordon("kept", "repair") == "nothing is wrong\n"


FIRST = "code = (SELECT min(code) FROM kept)"


@pytest.mark.parametrize("change, said", [
    (None, "nothing is wrong\n"),
    (f"DELETE FROM kept WHERE {FIRST}", "missing  {first}\n"),
    (f"UPDATE kept SET expires = expires + 1 WHERE {FIRST}", "altered  {first}\n"),
    ("UPDATE list SET rows = x''", None),
    ("UPDATE register SET hashes = zeroblob(4096)", None),
    ("UPDATE register SET generation = generation + 1", None),
])
def test_a_file_from_before_there_was_a_tree_is_believed_once_and_as_a_whole(tmp_path, change, said):
    file, cordon = from_before(tmp_path, "kept-before-tree")
    with sqlite3.connect(file) as store:
        first = store.execute(f"SELECT hex(code) FROM kept WHERE {FIRST}").fetchone()[0].lower()
        store.execute(change or "VACUUM")
        old = {table: store.execute(f"SELECT * FROM {table}").fetchall() for table in ("register", "list")}
    found = cordon("kept", "repair", "--dry-run")
    if said is None:
        assert found.startswith("the file does not say which maps it should have\n") and found.count("altered  ") == 3
        return
    assert found == said.format(first=first)
    # What it said of itself before is believed no more.
    with sqlite3.connect(file) as store:
        assert [store.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("register", "list", "root")] == [0, 0, 1]
        store.execute("DELETE FROM root")
        store.execute("DELETE FROM node")
        for table, rows in old.items():
            store.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
    assert cordon("kept", "repair", "--dry-run").startswith("the file does not say which maps it should have\n")


@pytest.mark.parametrize("planted", [
    "CREATE TRIGGER t AFTER INSERT ON {table} BEGIN DELETE FROM {table}; END", "CREATE VIEW v AS SELECT * FROM {table}",
    "CREATE TABLE aside AS SELECT * FROM {table}", "DROP INDEX {index}",
])
@pytest.mark.parametrize("name, table, index, command, words", [
    ("kept", "kept", "kept_by_expiry", ("kept", "list"), "the vault's maps of what vendors keep were changed beside the vault"),
    ("tokens", "token", "token_by_code", ("token", "scopes"), "the vault's tokens were changed beside the vault"),
])
def test_a_file_that_is_made_of_anything_else_is_not_used(tmp_path, name, table, index, command, words, planted):
    _, cordon = from_before(tmp_path, "kept-before-tree")
    cordon("kept", "list")
    if name == "tokens":
        cordon("token", "create", "daily", "--policy", "single")
    with sqlite3.connect(tmp_path / f"d/vault/{name}.sqlite") as store:
        store.execute(planted.format(table=table, index=index))
    refused = subprocess.run(
        [CORDON, *command, "--data", tmp_path / "d"], capture_output=True, text=True, env={**os.environ, **SECRETS})
    assert refused.returncode != 0 and words in refused.stderr and refused.stdout == ""


def test_a_file_that_is_gone_begins_anew_on_record_and_not_by_itself(tmp_path):
    file, cordon = from_before(tmp_path, "kept-before-tree")
    assert cordon("kept", "repair") == "nothing is wrong\n"
    for name in file.parent.glob("kept.sqlite*"):
        name.unlink()
    assert cordon("kept", "repair", "--dry-run") == "the file does not say which maps it should have\n"
    assert cordon("kept", "repair").endswith("took out 0 maps, 0 were missing\n")
    assert cordon("kept", "repair") == "nothing is wrong\n"
    assert cordon("log", "show", "--json").count("altered:register") == 2
