"""What the search for planted identifiers finds, and what a crash prints of them."""

import base64
import contextlib
import http.client
import signal
import threading

import pytest
from canaries import NOTE, found
from conftest import chat, eventually
from mock_vendor import silent


@pytest.mark.parametrize("hidden", [
    b"BRACKENRIDGE", b"Brackenridge".hex().upper().encode(), "Brackenridge".encode("utf-16-le"),
    *(base64.b64encode(b"." * before + b"Brackenridge" + b"." * after) for before in range(3) for after in range(3)),
])
def test_the_search_itself_finds_what_is_hidden(hidden):
    assert found(b"..." + hidden + b"...") == ["Brackenridge"]


def test_the_search_finds_nothing_in_safe_text():
    assert found(b"[NAME] was seen for chest pain; NAME_1_KTQ; 219-XX") == []


def test_digits_are_found_but_those_of_a_hash():
    assert found(b"sha256:" + b"0c" * 10 + b"48291773" + b"7d" * 18 + b" req_48291773" + b"b3" * 12) == []
    for text in (b"MRN 48291773", b"mrn48291773", b"ab48291773cd", b"48291773" * 8, b"0c" * 16 + b" 48291773", NOTE.encode().hex().encode()):
        assert "48291773" in found(text), text


@pytest.mark.parametrize("number", [signal.SIGILL, signal.SIGSEGV, signal.SIGABRT], ids=lambda number: number.name)
def test_a_crash_prints_nothing_of_what_was_in_memory(own, number):
    with own() as (gateway, vendor):
        vendor.script = silent()
        asking = threading.Thread(target=ask_in_vain, args=(gateway,))
        asking.start()
        eventually(lambda: vendor.received)
        gateway.process.send_signal(number)
        assert gateway.process.wait(60) == -number
        asking.join(60)
        assert found(gateway.output) == []
        assert b"rip" not in gateway.output and b"Thread" not in gateway.output


def ask_in_vain(gateway):
    """Asks a gateway that will not live to answer."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        gateway.post(chat(NOTE))
