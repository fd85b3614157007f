"""What the log is exported as is valid by the standards, says the same in each format, and arrives whole."""

import base64
import json
import re
from datetime import datetime, timezone

import pytest
from conftest import chat, eventually
from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.bundle import Bundle
from lxml import etree
from paths import ROOT
from syslog_receiver import Receiver, certificate, parse

SNAPSHOTS = ROOT / "Tests/LedgerTests/Export/Snapshots"
FORMATS = ["fhir", "fhir-bundle", "dicom", "ocsf", "cef"]
PLACE = ["log_origin", "log_index", "log_leaf", "log_checkpoint_size"]
DICOM = etree.XMLSchema(etree.parse(ROOT / "Tests/Python/schemas/audit_message.xsd"))

# FHIR R4: value sets that an AuditEvent must or should take its codes from.
DCM = "http://dicom.nema.org/resources/ontology/DCM"
EVENTS = {str(code) for code in range(110100, 110115)}
ROLES = {str(code) for code in range(1, 25)}

# OCSF 1.3.0: the activities and the required attributes of each class; an actor needs one of its names.
BASE = ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"]
CLASSES = {
    3004: ("Entity Management", {0, 1, 2, 3, 4, 99}, ["entity"]),
    6002: ("Application Lifecycle", {0, 1, 2, 3, 4, 99}, ["app"]),
    6003: ("API Activity", {0, 1, 2, 3, 4, 99}, ["actor", "api", "src_endpoint"]),
}
CLASS_ATTRIBUTES = {
    3004: {"actor", "entity", "src_endpoint"},
    6002: {"actor", "app"},
    6003: {"actor", "api", "dst_endpoint", "resources", "src_endpoint"},
}
EVENT_ATTRIBUTES = {
    *BASE, "activity_name", "category_name", "class_name", "status_id", "status_detail", "unmapped",
}
METADATA = {"version", "product", "profiles", "uid", "correlation_uid", "event_code", "log_name", "sequence", "original_time"}

# CEF: the keys of its dictionary that are used, and their types.
CEF_KEYS = {
    "rt": int, "cn1": int, "cn2": int, "cn3": int, "cn1Label": str, "cn2Label": str, "cn3Label": str,
    **{f"cs{number}": str for number in range(1, 7)}, **{f"cs{number}Label": str for number in range(1, 7)},
    "cat": str, "act": str, "outcome": str, "reason": str, "externalId": str, "suid": str, "sourceServiceName": str,
    "shost": str, "dhost": str, "dvchost": str,
}


def lines(text):
    # Not `splitlines`, which takes other characters for line ends than the line feed.
    return text.split("\n")[:-1]


def snapshot(name):
    return (SNAPSHOTS / f"{name}.txt").read_bytes().decode()


def fhir_events(text, name):
    if name.endswith("bundle"):
        return [entry["resource"] for entry in json.loads(text)["entry"]]
    return [json.loads(line) for line in lines(text)]


def cef_fields(line):
    """The header and the extensions of a line, unescaped."""
    header, rest = [], line
    for _ in range(7):
        field = re.match(r"((?:[^|\\]|\\[\\|])*)\|", rest)
        assert field, line
        header.append(re.sub(r"\\([\\|])", r"\1", field[1]))
        rest = rest[field.end():]
    keys = list(re.finditer(r"(?:^| )([A-Za-z0-9]+)=", rest))
    ends = [key.start() for key in keys[1:]] + [len(rest)]
    assert keys and keys[0].start() == 0
    extensions = {}
    for key, end in zip(keys, ends):
        value = rest[key.end():end]
        assert re.fullmatch(r"(?:[^\\=]|\\[\\=nr])*", value), value
        assert key[1] not in extensions
        extensions[key[1]] = re.sub(
            r"\\(.)", lambda escape: {"n": "\n", "r": "\r"}.get(escape[1], escape[1]), value)
    return header, extensions


def check_fhir(event):
    AuditEvent.model_validate(event)
    assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", event["id"])
    assert event["type"]["system"] == DCM and event["type"]["code"] in EVENTS
    assert event["action"] in "CRUDE" and event["outcome"] in ("0", "4", "8", "12")
    assert [agent["requestor"] for agent in event["agent"]].count(True) == 1
    for agent in event["agent"]:
        assert agent["who"]["identifier"]["value"]
        assert agent["type"]["coding"][0]["code"] in ("110150", "110152", "110153", "IRCP", "RESP")
    assert event["source"]["observer"]["identifier"]["value"]
    for entity in event["entity"]:
        assert ("name" in entity) + ("query" in entity) < 2  # the invariant sev-1
        assert "role" not in entity or entity["role"]["code"] in ROLES
    details = {detail["type"]: detail["valueString"] for detail in event["entity"][0]["detail"]}
    return details, event["subtype"][-1]["code"], event["recorded"]


def check_dicom(message):
    assert (message.facility, message.kind) == (10, "DICOM+RFC3881") and message.severity in (4, 5)
    document = etree.fromstring(message.text.encode())
    DICOM.assertValid(document)
    details = {
        detail.get("type"): base64.b64decode(detail.get("value"), validate=True).decode()
        for detail in document.find("ParticipantObjectIdentification").iter("ParticipantObjectDetail")}
    data = message.data["cordon@32473"]
    assert [data[name] for name in ("origin", "index", "leaf", "size")] == [details[name] for name in PLACE]
    assert [participant.get("UserIsRequestor") for participant in document.iter("ActiveParticipant")].count("true") == 1
    event = document.find("EventIdentification")
    assert data["event"] == event.findall("EventTypeCode")[-1].get("csd-code")
    return details, data["event"], event.get("EventDateTime")


def check_ocsf(event):
    name, activities, required = CLASSES[event["class_uid"]]
    for attribute in [*BASE, *required]:
        assert attribute in event, attribute
    assert set(event) <= EVENT_ATTRIBUTES | CLASS_ATTRIBUTES[event["class_uid"]]
    assert event["class_name"] == name and event["activity_id"] in activities
    assert event["category_uid"] == event["class_uid"] // 1000
    assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert event["severity_id"] in range(0, 7) and event["status_id"] in (1, 2)
    metadata = event["metadata"]
    assert set(metadata) <= METADATA and metadata["version"] == "1.3.0"
    assert metadata["product"]["name"] and metadata["product"]["vendor_name"]
    if event["class_uid"] != 6003:  # their actor comes with the profile `host`
        assert metadata["profiles"] == ["host"]
    assert event["actor"].get("app_name") or event["actor"]["user"]["uid"]
    if "api" in event:
        assert event["api"]["operation"]
    if "src_endpoint" in event:
        assert event["src_endpoint"].get("name")
    if "entity" in event:
        assert event["entity"].get("uid") or event["entity"].get("name")
    assert metadata["sequence"] == int(event["unmapped"]["log_index"])
    time = datetime.fromtimestamp(event["time"] // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return event["unmapped"], metadata["event_code"], f"{time}.{event['time'] % 1000:03}Z"


def check_cef(line):
    header, extensions = cef_fields(line)
    assert header[:3] == ["CEF:0", "Cordon", "Cordon"] and 0 <= int(header[6]) <= 10
    for key, value in extensions.items():
        assert key.startswith("CordonLog") or CEF_KEYS[key](value) is not None
        assert len(value) <= 4000
    for key in ("cn1", "cn2", "cs1", "cs2"):
        assert f"{key}Label" in extensions
    details = {extensions[f"{key}Label"]: extensions[key] for key in ("cn1", "cn2", "cs1", "cs2")}
    time = datetime.fromtimestamp(int(extensions["rt"]) // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return details, header[4], f"{time}.{int(extensions['rt']) % 1000:03}Z"


def checked(text, name):
    """The place, the event and the moment of every record, each found valid."""
    if name.startswith("fhir"):
        records = [check_fhir(event) for event in fhir_events(text, name)]
    elif name == "dicom":
        records = [check_dicom(parse(line.encode())) for line in lines(text)]
    elif name == "ocsf":
        records = [check_ocsf(json.loads(line)) for line in lines(text)]
    else:
        records = [check_cef(line) for line in lines(text)]
    return [([details[part] for part in PLACE], event, time) for details, event, time in records]


@pytest.mark.parametrize("name", FORMATS)
def test_the_sample_entries_are_valid_and_say_the_same_in_every_format(name):
    records = checked(snapshot(name), name)
    assert len(records) == 16
    assert [int(place[1]) for place, _, _ in records] == list(range(16))
    assert records == checked(snapshot("fhir"), "fhir")


def test_a_bundle_is_a_batch_that_can_be_posted():
    text = snapshot("fhir-bundle")
    Bundle.model_validate_json(text)
    bundle = json.loads(text)
    assert bundle["type"] == "batch"
    assert {json.dumps(entry["request"]) for entry in bundle["entry"]} == {'{"method": "POST", "url": "AuditEvent"}'}
    assert len({entry["resource"]["id"] for entry in bundle["entry"]}) == 16


HOSTILE = [event["source"]["observer"]["identifier"]["value"] for event in fhir_events(snapshot("hostile-fhir"), "fhir")]


def test_hostile_names_come_back_from_json():
    assert len(HOSTILE) == 21 and "CEF:0|a|b" in HOSTILE and "line\nbreak\r\n" in HOSTILE
    for event, name in zip((json.loads(line) for line in lines(snapshot("hostile-ocsf"))), HOSTILE, strict=True):
        assert (event["actor"]["app_name"], event["unmapped"]["profile"]) == (name, name)
        check_ocsf(event)
    for event, name in zip(fhir_events(snapshot("hostile-fhir-bundle"), "bundle"), HOSTILE, strict=True):
        assert event["entity"][0]["detail"][-1]["valueString"] == name
        check_fhir(event)


def test_hostile_names_come_back_from_xml():
    for line, name in zip(lines(snapshot("hostile-dicom")), HOSTILE, strict=True):
        message = parse(line.encode())
        document = etree.fromstring(message.text.encode())
        DICOM.assertValid(document)
        legible = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", name)
        assert document.find("ActiveParticipant").get("UserID") == legible
        details = document.find("ParticipantObjectIdentification").findall("ParticipantObjectDetail")
        assert base64.b64decode(details[-1].get("value")).decode() == name
        assert re.fullmatch(r"[\x21-\x7e]+", message.host)


def test_hostile_names_come_back_from_cef():
    for line, name in zip(lines(snapshot("hostile-cef")), HOSTILE, strict=True):
        _, extensions = cef_fields(line)
        legible = re.sub("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]", " ", name)
        assert (extensions["sourceServiceName"], extensions["CordonLogProfile"]) == (legible, legible)
        assert extensions["cs1"] == "cordon.invalid/log/00112233aabbccdd"


@pytest.fixture
def log(gateway, vendor):
    """A log with some requests in it."""
    for _ in range(3):
        gateway.post(chat("hello"))
    size = len(gateway.entries())
    eventually(lambda: int((gateway.data / "log/checkpoint").read_text().split("\n")[1]) >= size)
    return gateway


def export(log, *arguments):
    done = log.cordon("log", "export", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_of_a_log_is_valid_gapless_and_found_whole(log, tmp_path, name):
    file = tmp_path / "export"
    export(log, "--format", name, "--output", file)
    records = checked(file.read_text(encoding="utf-8"), name)
    assert [int(place[1]) for place, _, _ in records] == list(range(len(records)))
    shown = json.loads(log.cordon("log", "show", "--json").stdout.splitlines()[0])
    assert records[0][1:] == (shown["event"], shown["time"])
    assert "whole" in export(log, "--check", file)
    assert "whole" in export(log, "--check", file, "--without-log")


@pytest.mark.parametrize("name", ["fhir", "dicom", "ocsf", "cef"])
def test_a_check_names_the_record_that_is_missing(log, tmp_path, name):
    file = tmp_path / "export"
    records = lines(export(log, "--format", name))
    file.write_text("\n".join(records[:2] + records[3:]) + "\n", encoding="utf-8")
    found = log.cordon("log", "export", "--check", file)
    assert (found.returncode, "MISSING    2\n" in found.stdout) == (1, True)


def test_a_continuous_export_leaves_no_gap_and_refuses_another_log(log, tmp_path):
    cursor = tmp_path / "cursor"
    first = export(log, "--format", "ocsf", "--resume", cursor)
    log.post(chat("hello"))

    def further():
        return export(log, "--format", "ocsf", "--resume", cursor)

    second = further()
    while len(lines(second)) < 2:
        second += further()
    indices = [json.loads(line)["metadata"]["sequence"] for line in lines(first + second)]
    assert indices == list(range(len(indices)))
    kept = json.loads(cursor.read_text())
    for change, word in (({"leaf": "00" * 32}, "fork"), ({"index": 10**9}, "gap"), ({"origin": "x"}, "another log")):
        cursor.write_text(json.dumps({**kept, **change}))
        refused = log.cordon("log", "export", "--resume", cursor)
        assert (refused.returncode, word in refused.stderr, refused.stdout) == (65, True, "")


def test_an_export_adds_nothing_to_the_log(log):
    before = len(log.entries())
    export(log)
    # An alert about what others did may come meanwhile.
    assert {entry["event"] for entry in log.entries(before)} <= {"alert.raised"}


@pytest.mark.parametrize("name", ["dicom", "fhir", "ocsf", "cef"])
@pytest.mark.parametrize("transport", ["tls", "tcp", "udp"])
def test_records_arrive_by_syslog(log, tmp_path, transport, name):
    chain, key = certificate(tmp_path)
    receiver = Receiver(transport, (chain, key))
    trust = ["--ca", chain] if transport == "tls" else []
    export(log, "--format", name, "--to", "5", "--to", receiver.url, *trust)
    messages = receiver.messages()
    assert receiver.failure is None
    assert [int(message.data["cordon@32473"]["index"]) for message in messages] == list(range(6))
    if name == "dicom":
        for message in messages:
            check_dicom(message)
    else:
        checked("".join(message.text + "\n" for message in messages), name)


def test_a_receiver_with_another_certificate_gets_nothing(log, tmp_path):
    receiver = Receiver("tls", certificate(tmp_path))
    other, _ = certificate(tmp_path, "other.example")
    cursor = tmp_path / "cursor"
    refused = log.cordon("log", "export", "--to", receiver.url, "--ca", other, "--resume", cursor)
    receiver.thread.join(120)
    assert (refused.returncode, receiver.stream, cursor.exists()) == (69, b"", False)
    assert "certificate" in refused.stderr


def test_a_receiver_that_is_not_there_is_named(log):
    refused = log.cordon("log", "export", "--to", "syslog+tcp://127.0.0.1:1")
    assert (refused.returncode, "127.0.0.1:1" in refused.stderr) == (69, True)
