"""Requests that are carried out later, where the process is killed at every step of their way."""

import http.client
import json
import signal

from canaries import NOTE
from conftest import chat, eventually
from kills import preloaded
from test_deferred import Gate, answer, ask, deferring, later, said, word
from test_policy_simulation import on  # noqa: F401 (a fixture)

# What a process that was killed leaves of a connection.
GONE = (OSError, http.client.HTTPException)


def sendings(gateway, request):
    """How the sendings of a request ended, by what the log says; each is closed before the next is opened."""
    ends, is_open = [], False
    for entry in gateway.of_requests():
        if entry.get("request") != request:
            continue
        assert (entry["event"] == "request.opened") != is_open, entry
        is_open = not is_open
        if not is_open:
            ends.append((entry["outcome"], entry.get("rule")))
    assert not is_open
    return ends


def taken(gateway):
    """The requests that the log says were taken."""
    return {one["request"] for one in gateway.entries() if one["event"] == "map.kept" and one["object"].startswith("deferred:")}


def check(gateway, vendor, request, text, is_promised):
    """The request has been carried out, and whoever sent it twice has said so; what was not promised may have left nothing."""
    place = f"/v1/deferred/{request}"
    status, _, body = answer(gateway, place)
    if not is_promised and status == 404:
        assert sendings(gateway, request) == []
        return
    assert (status, json.loads(body)["choices"][0]["message"]["content"]) == (200, text)
    assert ask(gateway, place)[2] == body
    ends = sendings(gateway, request)
    assert ends[-1] == ("completed", None) and set(ends[:-1]) <= {("vendor_failed", "interrupted"), ("completed", None)}
    assert sum(one.prompt == text for one in vendor.requests) <= len(ends)


def test_a_request_that_was_taken_is_answered_whenever_the_process_is_killed(own, tmp_path, monkeypatch):
    armed, count, library = tmp_path / "armed", tmp_path / "count", preloaded(tmp_path)

    def start(gateway, step):
        """Runs it so that it ends before the change number `step` of its files, counted while it is armed."""
        with monkeypatch.context() as environment:
            for name, value in {"LD_PRELOAD": library, "KILL_UNDER": f"{gateway.data}/", "KILL_AT": step, "KILL_COUNT": count, "KILL_WHEN": armed}.items():
                environment.setenv(name, str(value))
            gateway.start()

    def ask_armed(gateway, text):
        """Has a request taken, carried out and fetched; gives what it was called, as far as that was told, and whether all went well."""
        request = None
        armed.touch()
        try:
            request = later(gateway, chat(text)).rsplit("/", 1)[1]
            assert said(answer(gateway, f"/v1/deferred/{request}")) == text
            return request, True
        except GONE:
            assert gateway.process.wait(timeout=60) == -signal.SIGKILL
            return request, False
        finally:
            armed.unlink()

    with own(deferring) as (gateway, vendor):
        gateway.stop()
        promised = 0
        for step in range(1, 200):
            start(gateway, step)
            before, text = taken(gateway), f"note {word(step)}"
            request, is_whole = ask_armed(gateway, text)
            if is_whole:
                break
            promised += request is not None
            gateway.start()
            # One that was taken and not promised is carried out as well, and nobody knows what it is called.
            for found in {request} - {None} | (taken(gateway) - before):
                check(gateway, vendor, found, text, found == request)
            gateway.stop()
        # It was killed before and after the promise, and in the end not at all.
        assert is_whole and 0 < promised < step - 1
        assert gateway.cordon("log", "verify").returncode == 0


def test_a_request_that_was_at_its_vendor_is_sent_again_and_the_log_says_so(own):
    with own(deferring) as (gateway, vendor):
        gate = vendor.script = Gate()
        place = later(gateway, chat(NOTE), **{"x-cordon-patient": "Patient/4711"})
        eventually(lambda: gate.inside == 1)
        gateway.kill()
        gate.open.set()
        gateway.start()
        assert said(answer(gateway, place)).startswith(NOTE)
        assert sendings(gateway, place.rsplit("/", 1)[1]) == [("vendor_failed", "interrupted"), ("completed", None)]
        assert len(gate.asked) == 2
        opened, cut_off, *_ = [one for one in gateway.of_requests() if one.get("request") == place.rsplit("/", 1)[1]]
        for member in ("caller", "use_case", "purpose", "vendor", "agreement", "region", "model", "operation", "tags"):
            assert cut_off[member] == opened[member]
        assert gateway.cordon("log", "verify").returncode == 0


def test_a_request_that_was_at_its_vendor_is_closed_once_though_its_time_was_over_before_the_next_start(own, on):  # noqa: F811
    def count_open():
        """How many requests the log has as opened and not closed."""
        return gateway.cordon("log", "verify").stdout.partition("\nopen ")[2].split()[0]

    with own(deferring) as (gateway, vendor):
        gate = vendor.script = Gate()
        place = later(gateway, chat(NOTE), **{"x-cordon-patient": "Patient/4711"})
        eventually(lambda: gate.inside == 1)
        gateway.kill()
        gate.open.set()
        assert count_open() == "1"
        on(2)
        for _ in range(2):
            gateway.start()
            assert sendings(gateway, place.rsplit("/", 1)[1]) == [("vendor_failed", "interrupted")]
            assert ask(gateway, place)[0] == 404 and len(gate.asked) == 1
            gateway.kill()
        gateway.start()
        assert count_open() == "0" and gateway.cordon("log", "verify").returncode == 0
