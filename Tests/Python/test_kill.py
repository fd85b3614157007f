"""`cordon kill` stops a vendor, a model or a use case in a running gateway within a second, answers under way too."""

import json
import subprocess
import threading
import time

import pytest
from canaries import NOTE
from conftest import chat, eventually
from custodians import did
from paths import CORDON
from test_vendors import asked, code, of, patient, slowly


@pytest.mark.parametrize("name", ["mock", "gpt-4o-mini", "summarize"], ids=["a vendor", "a model", "a use case"])
def test_it_stops_new_requests_at_once_until_it_is_lifted(own, name):
    with own() as (gateway, vendor):
        assert asked(gateway) == 200
        vendor.forget()
        did(gateway.cordon("kill", name, "--reason", "INC-2026-014", "--by", "alice"))
        for stream in (False, True):
            status, headers, body = gateway.post(chat(NOTE, stream=stream))
            assert (status, code(body), headers["x-should-retry"]) == (403, "stopped_by_operator", "false")
        assert vendor.received == b""
        others = gateway.post({**chat("hello"), "model": "loopback"}, headers={"x-cordon-use-case": "local"})
        assert others[0] == 200
        shown = did(gateway.cordon("kill", "--list"))
        assert shown.startswith(f"{name} since ") and "by alice : INC-2026-014" in shown
        did(gateway.cordon("kill", name, "--lift", "--by", "bruno"))
        assert asked(gateway) == 200
        assert did(gateway.cordon("kill", "--list")) == ""
        assert gateway.cordon("kill", name, "--lift").returncode == 66
        told = eventually(lambda: len(of(gateway, "traffic.stopped", "traffic.resumed")) == 2 and of(
            gateway, "traffic.stopped", "traffic.resumed"))
        assert [(entry["event"], entry["object"]) for entry in told] == [
            ("traffic.stopped", f"{name}:INC-2026-014"), ("traffic.resumed", name)]
        assert told[0]["people"] != told[1]["people"]


@pytest.mark.parametrize("name", ["mock", "gpt-4o-mini", "summarize"], ids=["a vendor", "a model", "a use case"])
def test_it_ends_running_answers_within_a_second_while_the_vendor_is_silent(own, name):
    with own(patient) as (gateway, vendor):
        def taken():
            """Ends three answers that run, and gives how long that took."""
            released, ends = threading.Event(), []
            vendor.forget().script = slowly(released)

            def ask(stream):
                answer = gateway.post(chat(NOTE, stream=stream))
                ends.append((time.monotonic(), answer))

            asking = [threading.Thread(target=ask, args=(stream,)) for stream in (True, True, False)]
            for thread in asking:
                thread.start()
            try:
                eventually(lambda: len(vendor.requests) == 3)
                # Without a passphrase nothing but the file is made: the moment of the stop is that of the command.
                began = time.monotonic()
                subprocess.run([CORDON, "kill", name, "--data", gateway.data], capture_output=True, check=True)
                for thread in asking:
                    thread.join(60)
            finally:
                released.set()
            assert len(ends) == 3
            for _, (status, _, body) in ends:
                assert b"[DONE]" not in body and b"stopped_by_operator" in body and status in (200, 403)
            return max(moment for moment, _ in ends) - began

        # Once more where something else took the machine's time just then.
        for rounds in range(1, 11):
            if taken() < 1.5:
                break
            did(gateway.cordon("kill", name, "--lift", "--by", "alice"))
        else:
            raise AssertionError("it takes longer than a second")
        closed = of(gateway, "request.closed")
        assert [(entry["outcome"], entry["rule"]) for entry in closed] == [("withheld", "stopped_by_operator")] * 3 * rounds
        assert did(gateway.cordon("log", "verify"))


def test_a_stop_that_stands_when_the_gateway_starts_stops_from_the_beginning(own):
    with own() as (gateway, vendor):
        gateway.stop()
        did(gateway.cordon("kill", "mock"))
        gateway.start()
        assert asked(gateway) == "stopped_by_operator" and vendor.received == b""


def test_an_empty_file_made_by_hand_stops_as_well(own):
    with own() as (gateway, vendor):
        (gateway.data / "kill").mkdir()
        (gateway.data / "kill" / "mock").touch()
        assert asked(gateway) == "stopped_by_operator" and vendor.received == b""
        assert did(gateway.cordon("kill", "--list")) == "mock\n"


def test_nothing_goes_on_when_what_is_stopped_cannot_be_read(own):
    with own(patient) as (gateway, vendor):
        released = threading.Event()
        vendor.script = slowly(released)
        answers = []
        asking = threading.Thread(target=lambda: answers.append(gateway.post(chat(NOTE, stream=True))))
        asking.start()
        eventually(lambda: vendor.requests)
        # A file in the place of the folder: no name in it can be asked for, by root either.
        (gateway.data / "kill").write_text("")
        asking.join(60)
        released.set()
        assert b"stops_unreadable" in answers[0][2] and b"[DONE]" not in answers[0][2]
        vendor.forget()
        status, _, body = gateway.post(chat(NOTE))
        assert (status, code(body), vendor.received) == (503, "stops_unreadable", b"")
        (gateway.data / "kill").unlink()
        assert asked(gateway) == 200


def test_a_name_that_the_configuration_lacks_is_stopped_with_a_warning(own):
    with own() as (gateway, _):
        run = subprocess.run([CORDON, "kill", "mok", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True)
        assert run.returncode == 0 and "stopped: mok" in run.stdout and "no vendor, model or use case" in run.stderr
        assert asked(gateway) == 200


def test_names_of_models_with_slashes_are_stopped(own):
    def edit(configuration):
        configuration["use_cases"][0]["models"] = ["meta-llama/Llama-3.1:free", "gpt-4o-mini"]

    with own(edit) as (gateway, vendor):
        did(gateway.cordon("kill", "meta-llama/Llama-3.1:free"))
        assert asked(gateway, {**chat(NOTE), "model": "meta-llama/Llama-3.1:free"}) == "stopped_by_operator"
        assert asked(gateway) == 200
        assert did(gateway.cordon("kill", "--list")).startswith("meta-llama/Llama-3.1:free since")
