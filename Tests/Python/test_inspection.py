"""Copies of the log for an inspection (21 CFR 11.10): complete, in words that people read and in JSON."""

import json
import re

import pypdf
from agreements import add, terminate, without_agreement
from canaries import NOTE, PLANTED, found
from conftest import chat, eventually, new_caller
from custodians import did
from test_changes import cordon

COVERED = re.compile(r"(\d+) entries, root [0-9a-f]{64}")


def covering(gateway):
    """Waits until the published checkpoint covers all that was written, and gives the entries."""
    def entries():
        written = gateway.entries()
        size = int((gateway.data / "log/checkpoint").read_text().split("\n")[1])
        return written if size == len(written) else None

    return eventually(entries)


def flat(value, path=""):
    """Every member of an entry with its value as text."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from flat(inner, f"{path}.{index}")
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)


def words(path):
    """The text of a PDF without its line breaks and the foot of each page, as a reader of another house reads it."""
    reader = pypdf.PdfReader(path, strict=True)
    assert reader.metadata.title.startswith("Audit log ")
    text = ""
    for number, page in enumerate(reader.pages, 1):
        foot = f"\n{reader.metadata.title}, page {number}"
        content = page.extract_text()
        assert content.endswith(foot)
        text += content.removesuffix(foot)
    return re.sub(r"\s+", "", text), len(reader.pages)


# proves: AUD-20
def test_no_change_hides_what_was_and_copies_say_who_did_it_and_when(own, tmp_path):
    with own(without_agreement) as (gateway, vendor):
        did(add(gateway))
        did(add(gateway, breach_report_hours=24))
        assert gateway.post(chat(NOTE), headers={"x-cordon-user": "lee", "x-cordon-patient": "Patient/QZ-88413307"})[0] == 200
        gateway.configuration["use_cases"][0]["models"] = ["gpt-4o-mini", "gpt-5-mini"]
        gateway.write_configuration()
        did(cordon(gateway, "reload", "--config", gateway.folder / "cordon.yaml"))
        did(terminate(gateway))
        entries = covering(gateway)

        # What was before each change, of agreements and of models, can be read, and is what the entry names.
        changed = [entry for entry in entries if entry["event"] == "agreements.changed"]
        loaded = [entry for entry in entries if entry["event"] == "configuration.loaded" and entry["object"].startswith("sha256:")]
        assert len(changed) == 3 and len(loaded) == 1
        assert "breach_report_hours: 72" in did(gateway.cordon("log", "version", changed[1]["before"]))
        assert "breach_report_hours: 24" in did(gateway.cordon("log", "version", changed[1]["after"]))
        before, after = (did(gateway.cordon("log", "version", loaded[0][side])) for side in ("before", "after"))
        assert "gpt-5-mini" in after and "gpt-5-mini" not in before

        # The copies have every entry, each with its time, and with the person where a person did it.
        shown, program = tmp_path / "log.pdf", tmp_path / "log.json"
        for path in (shown, program):
            assert f"{len(entries)} entries" in did(gateway.cordon("log", "copy", path, "--names"))
        copy = json.loads(program.read_text())
        assert [one["entry"] for one in copy["entries"]] == [
            {name: value for name, value in entry.items() if name != "index"} for entry in entries]
        assert [one["index"] for one in copy["entries"]] == list(range(len(entries)))
        assert int(COVERED.fullmatch(copy["checkpoint"])[1]) == len(entries) and all(entry["time"] for entry in entries)
        for entry in changed:
            assert [copy["people"][person] for person in entry["people"]] == ["alice"]
        opened = next(entry for entry in entries if entry["event"] == "request.opened")
        assert opened["caller"] == "dr-lee" and opened["user"].startswith("p_")
        text, pages = words(shown)
        assert pages > 1 and text.endswith(f"Endofthecopy:{len(entries)}entries.")
        place = 0
        for entry in entries:
            place = text.index(f"Entry{entry['index']}{entry['time']}{entry['event']}", place)
            until = text.find(f"Entry{entry['index'] + 1}20", place)
            said = text[place : until if until > 0 else None]
            for name, value in flat(entry):
                assert name in ("index", "time", "event") or f"{name}:{value}".replace(" ", "") in said, (name, value)
        assert text.count("(alice)") >= 3
        for path in (shown, program):
            assert found(path.read_bytes(), [*PLANTED, "QZ-88413307"]) == []

        # Who writes over an entry is found, and gets no copy of it.
        gateway.stop()
        segment = sorted((gateway.data / "log/segments").iterdir())[0]
        content = segment.read_bytes()
        segment.write_bytes(content.replace(b"agreements.changed", b"agreements.chanced", 1))
        assert gateway.cordon("log", "verify").returncode == 1
        refused = gateway.cordon("log", "copy", tmp_path / "other.json")
        assert refused.returncode == 65 and not (tmp_path / "other.json").exists()
        segment.write_bytes(content)


# proves: AUD-17
def test_only_an_auditor_reads_the_log_who_sees_no_values_and_is_seen(own):
    auditor, administrator = new_caller(), new_caller()

    def change(configuration):
        configuration["log"] = {"readers": ["auditor"]}
        everything = [use_case["id"] for use_case in configuration["use_cases"]]
        configuration["callers"] += [
            {"id": "auditor", "key_hash": auditor.hash, "use_cases": ["summarize"]},
            {"id": "administrator", "key_hash": administrator.hash, "use_cases": everything}]

    with own(change) as (gateway, vendor):
        gateway.post(chat(NOTE), headers={"x-cordon-user": "lee", "x-cordon-patient": "Patient/QZ-88413307"})
        entries = covering(gateway)

        def read(caller, path):
            return gateway.get(f"/log/{path}", {"authorization": f"Bearer {caller.key}"})

        partial = f"tile/entries/000.p/{len(entries)}"
        for path in ("checkpoint", partial):
            status, _, body = read(administrator, path)
            assert (status, json.loads(body)["error"]["code"]) == (403, "log_not_readable")
        status, _, body = read(auditor, partial)
        assert status == 200 and b"request.opened" in body and b"p_" in body
        assert found(body, [*PLANTED, "QZ-88413307", "88413307"]) == []
        seen = gateway.entries(len(entries))
        assert {entry["caller"] for entry in seen if entry.get("rule") == "log_not_readable"} == {"administrator"}
        assert [(entry["caller"], entry["decision"]) for entry in seen if entry["event"] == "log.read"] == [("auditor", "allow")]
