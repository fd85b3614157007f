"""Rate limits: what a burst is told, what a restart keeps, and what the log says of a change."""

import json
import signal

import anthropic
import openai
import pytest
from conftest import chat, eventually, speak_every_dialect

USER = {"x-cordon-user": "lee@clinic.example"}


def limited(*limits):
    def change(configuration):
        configuration["rate_limits"] = list(limits)

    return change


def changes(gateway):
    return [one["object"] for one in gateway.entries() if one["event"] == "limit.changed"]


# proves: IOC-16
def test_a_burst_waits_a_restart_forgets_nothing_and_a_changed_limit_is_in_the_log(own):
    with own(limited({"per": "caller", "requests": 4, "tokens": 100000, "seconds": 3600},
                     {"per": "user", "requests": 2, "seconds": 3600})) as (gateway, vendor):
        for _ in range(2):
            assert gateway.post(chat("hello"), headers=USER)[0] == 200
        status, headers, body = gateway.post(chat("hello"), headers=USER)
        assert (status, json.loads(body)["error"]["code"]) == (429, "rate_limit_exceeded")
        assert 1700 < int(headers["retry-after"]) <= 1800
        assert (headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]) == ("2", "0")
        assert "x-should-retry" not in headers
        assert len(vendor.requests) == 2
        assert changes(gateway) == [
            "caller:none..requests:4+tokens:100000/3600s", "user:none..requests:2/3600s"]

        gateway.stop()
        kept = (gateway.data / "rate-limits").read_bytes()
        for name in (b"lee", b"clinic", b"dr-lee", b"summarize"):
            assert name not in kept
        gateway.start()
        # The user waits as before, and of the caller's four two are used.
        assert gateway.post(chat("hello"), headers=USER)[0] == 429
        assert [gateway.post(chat("hello"))[0] for _ in range(3)] == [200, 200, 429]

        gateway.configuration["rate_limits"][0]["requests"] = 6
        gateway.write_configuration()
        gateway.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: changes(gateway)[2:]) == [
            "caller:requests:4+tokens:100000/3600s..requests:6+tokens:100000/3600s"]
        assert gateway.post(chat("hello"))[0] == 200
        # One that is changed while nothing runs is in the log of the next start.
        gateway.stop()
        del gateway.configuration["rate_limits"][1]
        gateway.configuration["rate_limits"][0]["requests"] = 5
        gateway.start()
        assert changes(gateway)[3].endswith("requests:6+tokens:100000/3600s..requests:5+tokens:100000/3600s")
        assert changes(gateway)[4].endswith(":requests:2/3600s..none")
        assert gateway.post(chat("hello"))[0] == 429
        page = gateway.get("/metrics")[2].decode()
        assert 'cordon_rate_limited_total{per="caller",measure="requests"} 1' in page


def test_official_clients_wait_and_try_again(own):
    def change(configuration):
        speak_every_dialect(configuration)
        configuration["rate_limits"] = [{"per": "use_case", "requests": 2, "seconds": 2}]

    with own(change) as (gateway, _):
        once, patient = gateway.client(), gateway.client(max_retries=2)
        # Two at once, and one more in each second: so many do not come one after the other.
        with pytest.raises(openai.RateLimitError) as refused:
            for _ in range(1000):
                once.chat.completions.create(**chat("hello"))
        assert refused.value.code == "rate_limit_exceeded" and refused.value.type == "requests"
        assert patient.chat.completions.create(**chat("hello")).choices

        messages = {"model": "claude-sonnet-5", "max_tokens": 9, "messages": chat("hello")["messages"]}
        with gateway.anthropic(default_headers={"x-cordon-use-case": "claude"}) as client:
            with pytest.raises(anthropic.RateLimitError) as refused:
                for _ in range(1000):
                    client.messages.create(**messages)
        assert refused.value.body["error"]["type"] == "rate_limit_error"
        assert refused.value.response.headers["anthropic-ratelimit-requests-limit"] == "2"


def test_what_was_kept_and_is_no_such_file_stops_nothing(own):
    with own(limited({"per": "caller", "requests": 1, "seconds": 60})) as (gateway, _):
        gateway.stop()
        (gateway.data / "rate-limits").write_bytes(b"{\"v\":1,")
        gateway.start()
        assert [gateway.post(chat("hello"))[0] for _ in range(2)] == [200, 429]
