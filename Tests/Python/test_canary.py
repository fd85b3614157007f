"""After everything else: the planted identifiers are nowhere that Cordon or a vendor keeps bytes."""

import base64
import contextlib
import http.client
import signal
import threading

import pytest
from canaries import NOTE, contents, found
from conftest import ALL_GATEWAYS, ALL_VENDORS, VENDOR_CREDENTIAL, chat, eventually
from mock_vendor import silent


# proves: IOC-15
@pytest.mark.last
def test_no_planted_identifier_is_in_any_byte_that_was_written_printed_or_sent():
    assert ALL_GATEWAYS, "no gateway ran"
    searched = 0
    for gateway in ALL_GATEWAYS:
        if gateway.process.poll() is None:
            gateway.metrics.append(gateway.get("/metrics")[2])
        places = {"output": gateway.output, **{f"metrics {index}": page for index, page in enumerate(gateway.metrics)}}
        places |= {str(path): str(path).encode() + content for path, content in contents(gateway.data)}
        for place, data in places.items():
            assert found(data) == [], place
            for secret in (gateway.caller.key, VENDOR_CREDENTIAL):
                assert secret.encode() not in data, place
            searched += len(data)
    assert searched > 10_000
    for vendor in ALL_VENDORS:
        for record in [*vendor.history, vendor.received]:
            assert found(record) == [], around(record, found(record))
            for gateway in ALL_GATEWAYS:
                assert gateway.caller.key.encode() not in record


def around(record, values):
    """What stands around the first of the values, so that its request can be told."""
    at = record.lower().find(values[0].lower().encode()) if values else 0
    return record[max(0, at - 400) : at + 400]


@pytest.mark.parametrize("hidden", [
    b"BRACKENRIDGE", b"Brackenridge".hex().upper().encode(), "Brackenridge".encode("utf-16-le"),
    *(base64.b64encode(b"." * before + b"Brackenridge" + b"." * after) for before in range(3) for after in range(3)),
])
def test_the_search_itself_finds_what_is_hidden(hidden):
    assert found(b"..." + hidden + b"...") == ["Brackenridge"]


def test_the_search_finds_nothing_in_safe_text():
    assert found(b"[NAME] was seen for chest pain; NAME_1_KTQ; 219-XX") == []


@pytest.mark.parametrize("number", [signal.SIGILL, signal.SIGSEGV, signal.SIGABRT], ids=lambda number: number.name)
def test_a_crash_prints_nothing_of_what_was_in_memory(own, number):
    with own() as (gateway, vendor):
        vendor.script = silent()
        asking = threading.Thread(target=ask_in_vain, args=(gateway,))
        asking.start()
        eventually(lambda: vendor.received)
        gateway.process.send_signal(number)
        assert gateway.process.wait(10) == -number
        asking.join(10)
        assert found(gateway.output) == []
        assert b"rip" not in gateway.output and b"Thread" not in gateway.output


def ask_in_vain(gateway):
    """Asks a gateway that will not live to answer."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        gateway.post(chat(NOTE))
