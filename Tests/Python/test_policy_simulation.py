"""A week of log, asked again under another set of policies: which of its decisions would change."""

import os
import re
import shutil
import subprocess

import pytest
from conftest import SECRETS, chat
from paths import CORDON
from test_policy_gateway import HOSPITAL, NOTE, ask, with_policies

@pytest.fixture
def on(monkeypatch):
    """Has whatever is started from then on take another day for today."""
    if not shutil.which("faketime"):
        pytest.skip("there is no faketime")
    # The command has its program as a child, which here is the gateway: what it gives that program is taken from one that waits.
    waiting = subprocess.Popen(
        ["faketime", "-f", "+0d", "sh", "-c", 'echo "$LD_PRELOAD"; echo "$FAKETIME_SHARED"; exec cat'],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        library, shared = (waiting.stdout.readline().strip() for _ in range(2))

        # Timers go by the monotonic clock: were that another one too, what waits a moment would wait for days.
        real = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

        def turn(days):
            for name, value in {"LD_PRELOAD": library, "FAKETIME": f"{days:+}d", "FAKETIME_SHARED": shared, **real}.items():
                monkeypatch.setenv(name, value)

        yield turn
    finally:
        waiting.stdin.close()
        waiting.wait(20)


# proves: ACC-06
def test_the_decisions_of_seven_days_of_log_that_would_change_are_reported(own, tmp_path, on):
    source = HOSPITAL.read_text()
    with_day = {}
    on(-9)
    with own(with_policies) as (gateway, _):
        def day(number):
            """What is asked every day: three notes, one that is restricted, one that is of nobody; on some days more."""
            for _ in range(3):
                assert ask(gateway)[0] == 200
            assert ask(gateway, restricted="true")[0] == 403
            assert ask(gateway, text="What is a fever?", use_case="research")[0] == 200
            if number % 2:
                assert ask(gateway, confidentiality="V")[0] == 403
            opened = [one for one in gateway.entries() if one["event"] in ("request.opened", "request.refused")][-1]
            with_day[opened["time"][:10]] = number

        day(-9)
        for number in range(-6, 1):
            gateway.stop()
            on(number)
            gateway.start()
            day(number)
        assert len(with_day) == 8

        def simulate(text, days="7"):
            proposed = tmp_path / "proposed.cedar"
            proposed.write_text(text)
            told = subprocess.run(
                [CORDON, "policy", "simulate", "--config", gateway.folder / "cordon.yaml", "--proposed", proposed, "--days", days],
                capture_output=True, text=True, env={**os.environ, **SECRETS})
            assert told.returncode in (0, 1), told.stderr
            return told.returncode, told.stdout.splitlines()

        # The set in force decides the week as it was decided.
        assert simulate(source) == (0, ["38 requests of the last 7 days: 0 gained, 0 lost"])
        # Who loses what: each decision that changes, of these seven days and of no other.
        notes = re.sub(r'DataClass::"imaging", DataClass::"notes", ', "", source)
        lost = "dr-lee (clinician) loses ask on summarize/mock/gpt-4o-mini with notes, as nothing permits it, 21 requests"
        assert simulate(notes) == (1, [lost, "38 requests of the last 7 days: 0 gained, 21 lost"])
        # Who gains what.
        def leaving_out(policy, text=source):
            left = re.sub(rf'@id\("{policy}"\).*?;\n', "", text, flags=re.S)
            assert left != text
            return left

        gained = "dr-lee (clinician) gains ask on summarize/mock/gpt-4o-mini with notes by clinician-asks-for-treatment"
        assert simulate(leaving_out("restricted-by-patient")) == (1, [
            f"{gained}, 7 requests", "38 requests of the last 7 days: 7 gained, 0 lost"])
        both = leaving_out("very-restricted-to-a-model", leaving_out("restricted-by-patient"))
        assert simulate(both) == (1, [f"{gained}, 10 requests", "38 requests of the last 7 days: 10 gained, 0 lost"])
        # A denial by several is told with each of them, however they are called.
        many = "".join(
            f'@id("{name}") forbid (principal, action in Action::"ask-model", resource)\n'
            'when { context.purpose == "TREAT" && context.useCase == "summarize" };\n'
            for name in ("2", "a.b", "a-b"))
        _, lines = simulate(source + many)
        assert any(" loses ask on summarize/mock/gpt-4o-mini with notes by 2 a.b a-b, 21 requests" in line for line in lines), lines
        # One day alone, and all that there is.
        assert simulate(notes, "1")[1][-1] == "5 requests of the last day: 0 gained, 3 lost"
        assert simulate(notes, "30")[1][-1] == "44 requests of the last 30 days: 0 gained, 24 lost"
        assert NOTE.split()[1] not in "".join(simulate(notes)[1])
