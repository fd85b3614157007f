"""A running gateway delivers its log to other systems: all of it, in order, and at nobody's expense."""

import json
import re
import signal
import statistics
import time

import pytest
from conftest import chat, eventually, running
from syslog_receiver import Collector, certificate
from test_log_export import check_dicom, checked, lines

STRUCTURED = "cordon@32473"


@pytest.fixture
def collector(tmp_path):
    """Starts a receiver that is killed at the end."""
    started = []

    def start(*arguments, **named):
        started.append(Collector(tmp_path / "collected", *arguments, **named))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.signal(signal.SIGCONT)
            one.kill()


def sinks(*given):
    return lambda configuration: configuration.update(log={"export": list(given)})


def sink(collector, scheme="tcp", **more):
    url = f"syslog+{scheme}://localhost:{collector.port}"
    return {"id": "siem", "format": "ocsf", "to": url, "confirm_seconds": 1, **more}


def metric(gateway, name, of="siem"):
    page = gateway.get("/metrics")[2].decode()
    found = re.search(rf'^cordon_log_sink_{name}{{sink="{of}"}} (\d+)$', page, re.M)
    return int(found[1]) if found else None


def arrive(gateway, of="siem"):
    """Waits until everything that the log has now has arrived, and says how much that is."""
    count = len(gateway.entries())
    eventually(lambda: metric(gateway, "arrived_entries", of) >= count, within=240)
    return metric(gateway, "arrived_entries", of)


def indices(messages):
    return [int(message.data[STRUCTURED]["index"]) for message in messages]


def in_order(found):
    """Whether nothing is left out on the way: what is repeated goes back, and then on from there."""
    return found[:1] == [0] and all(after <= before + 1 for before, after in zip(found, found[1:]))


def latencies(gateway, count):
    times = []
    for _ in range(count):
        start = time.perf_counter()
        assert gateway.post(chat("hello"))[0] == 200
        times.append(time.perf_counter() - start)
    return times


def keeps_nobody_waiting(gateway, before, count):
    """Requests are answered as fast as they were; asked again where something else took the machine's time just then."""
    assert any(
        statistics.median(latencies(gateway, count)) < 2 * statistics.median(before) + 0.02 for _ in range(10))


@pytest.mark.parametrize("scheme", ["tcp", "tls"])
def test_every_entry_arrives_in_order_though_the_receiver_is_killed(own, collector, tmp_path, scheme):
    ours, theirs = certificate(tmp_path), certificate(tmp_path, "cordon.example")
    receiver = collector(ours, theirs[0]) if scheme == "tls" else collector()
    files = {"authorities": str(ours[0]), "certificate": str(theirs[0]), "key": str(theirs[1])}
    with own(sinks(sink(receiver, scheme, **(files if scheme == "tls" else {})))) as (gateway, _):
        before = latencies(gateway, 20)
        eventually(lambda: len(receiver.messages()) > 20)
        for _ in range(2):
            latencies(gateway, 3)
            receiver.kill()
            keeps_nobody_waiting(gateway, before, 20)
            assert gateway.get("/readyz")[0] == 200
            eventually(lambda: metric(gateway, "waiting_entries") > 0)
            receiver.start()
            latencies(gateway, 3)
            arrive(gateway)
        eventually(lambda: metric(gateway, "waiting_entries") == 0)
        assert metric(gateway, "failures_total") > 0
        assert b"entries behind: " in gateway.output
        gateway.stop()
        messages, entries = receiver.messages(), gateway.entries()
        found = indices(messages)
        assert in_order(found)
        assert set(found) == set(range(len(entries))), "the end of the log is delivered too"
        assert "whole" in gateway.cordon("log", "export", "--check", receiver.path).stdout
        kept = json.loads((gateway.data / "log/exports/siem.cursor").read_text())
        assert kept["index"] == len(entries) - 1
        checked("".join(message.text + "\n" for message in messages), "ocsf")


def test_the_delivery_goes_on_where_it_ended_when_the_gateway_is_killed(own, collector):
    receiver = collector()
    with own(sinks(sink(receiver))) as (gateway, _):
        latencies(gateway, 5)
        arrived = arrive(gateway)
        latencies(gateway, 3)
        gateway.kill()
        gateway.start()
        latencies(gateway, 3)
        arrive(gateway)
        gateway.stop()
        found = indices(receiver.messages())
        assert in_order(found) and set(found) == set(range(len(gateway.entries())))
        assert found.count(0) == 1 and found.count(arrived - 1) == 1, "what had arrived is not sent again"


def test_a_receiver_that_hangs_keeps_nobody_waiting(own, collector):
    receiver = collector()
    with own(sinks(sink(receiver))) as (gateway, _):
        before = latencies(gateway, 30)
        receiver.signal(signal.SIGSTOP)
        keeps_nobody_waiting(gateway, before, 60)
        assert gateway.get("/readyz")[0] == 200
        eventually(lambda: metric(gateway, "waiting_entries") > 0)
        receiver.signal(signal.SIGCONT)
        arrive(gateway)
        assert in_order(indices(receiver.messages()))


def test_a_receiver_that_wants_a_certificate_gets_nothing_without_it(own, collector, tmp_path):
    ours, theirs = certificate(tmp_path), certificate(tmp_path, "cordon.example")
    receiver = collector(ours, theirs[0])
    with own(sinks(sink(receiver, "tls", authorities=str(ours[0])))) as (gateway, _):
        latencies(gateway, 2)
        eventually(lambda: metric(gateway, "failures_total") > 0)
        assert metric(gateway, "arrived_entries") == 0 and receiver.messages() == []
        assert gateway.get("/readyz")[0] == 200


def test_records_are_appended_to_a_file_that_may_be_moved_away(own, tmp_path):
    file, moved = tmp_path / "log.ndjson", tmp_path / "moved.ndjson"
    with own(sinks({"id": "file", "format": "fhir", "file": str(file)})) as (gateway, _):
        latencies(gateway, 3)
        arrive(gateway, "file")
        file.rename(moved)
        latencies(gateway, 3)
        arrive(gateway, "file")
        gateway.kill()
        with open(file, "ab") as torn:
            torn.write(b'{"resourceType":"Audit')
        gateway.start()
        latencies(gateway, 3)
        gateway.stop()
        text = moved.read_text() + file.read_text()
        found = [int(place[1]) for place, _, _ in checked(text, "fhir")]
        assert found == list(range(len(gateway.entries())))


def test_a_log_that_does_not_continue_what_was_delivered_is_an_alarm_and_no_stop(own, tmp_path):
    file = tmp_path / "log.ndjson"
    with own(sinks({"id": "file", "format": "cef", "file": str(file)})) as (gateway, _):
        arrive(gateway, "file")
        gateway.stop()
        cursor = gateway.data / "log/exports/file.cursor"
        kept = json.loads(cursor.read_text())
        cursor.write_text(json.dumps({**kept, "leaf": "00" * 32}))
        before = len(lines(file.read_text()))
        gateway.start()
        latencies(gateway, 2)
        eventually(lambda: b"fork: entry" in gateway.output)
        assert b"critical" in gateway.output
        assert gateway.get("/readyz")[0] == 200 and len(lines(file.read_text())) == before


# proves: AUD-08
def test_a_node_that_is_killed_in_the_middle_leaves_a_gap_that_the_next_check_names(tmp_path, caller):
    """Two gateways deliver to a collector each, and whoever collects checks what came once a second."""
    cycle = 1
    folders = {name: tmp_path / name for name in ("a", "b")}
    collectors = {}
    for name, folder in folders.items():
        folder.mkdir()
        collectors[name] = Collector(folder / "collected", pause=0.01)

    def check(gateway, name):
        """What a cycle says of one node, from what came alone."""
        return gateway.cordon("log", "export", "--check", collectors[name].path, "--without-log")

    def arrived():
        return len(set(indices(collectors["b"].messages())))

    def node(name):
        change = sinks(sink(collectors[name], format="dicom"))
        return running(folders[name], caller, change)

    try:
        # Nothing that it has begins to be sent before there is much of it.
        collectors["b"].kill()
        collectors["b"].path.unlink()
        with node("a") as (a, _), node("b") as (b, _):
            latencies(a, 5)
            latencies(b, 200)
            published = len(b.entries())
            eventually(lambda: metric(b, "waiting_entries") >= published)
            collectors["b"].start()
            eventually(lambda: len(collectors["b"].messages()) > 20)
            b.kill()
            time.sleep(cycle)
            # What it had sent may still be coming while this is looked at.
            before, gap, after = (look() for look in (arrived, lambda: check(b, "b"), arrived))
            assert gap.returncode == 1, gap.stdout
            first = int(re.search(r"^MISSING +(\d+)", gap.stdout, re.M)[1])
            assert 0 < before <= first <= after and first < published
            # The other node goes on without a gap.
            latencies(a, 5)
            arrive(a)
            assert "whole" in check(a, "a").stdout
            # What is missing comes when the node is back.
            b.start()
            arrive(b)
            assert "whole" in check(b, "b").stdout
            for name, gateway in (("a", a), ("b", b)):
                messages = collectors[name].messages()
                assert in_order(indices(messages))
                assert {message.data[STRUCTURED]["origin"] for message in messages} == {
                    gateway.cordon("log", "key").stdout.split("+")[0]}
                for message in messages:
                    check_dicom(message)
    finally:
        for one in collectors.values():
            one.kill()
