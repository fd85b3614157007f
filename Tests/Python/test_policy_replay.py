"""The decisions of the log, asked again of the policies that made them."""

import os
import re
import subprocess

from conftest import SECRETS, chat
from custodians import did
from paths import CORDON
from test_deferred import answer, later
from test_policy_gateway import HOSPITAL, ask, with_policies

SUBSTANCES = "Patient John Abernathy, MRN 4471-20: relapsed to heroin use disorder, restarted methadone at the opioid treatment program."


def replayed(gateway, *options):
    told = gateway.cordon("policy", "replay", *options)
    assert told.returncode in (0, 1, 3), told.stderr
    return told.returncode, told.stdout.splitlines()


def decisions(gateway):
    return [one for one in gateway.entries() if one["event"] in ("request.opened", "request.refused") and "policy_set" in one]


def reload(gateway):
    gateway.write_configuration()
    did(subprocess.run(
        [CORDON, "reload", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True, env={**os.environ, **SECRETS}))


# proves: AUD-04
def test_each_decision_of_the_log_comes_out_again_under_the_version_of_the_policies_that_made_it(own, tmp_path):
    def deferring(configuration):
        with_policies(configuration)
        configuration["use_cases"][0]["deferred"] = {}

    def ask_everything():
        """The statuses of requests that different policies decide."""
        return [
            ask(gateway)[0], ask(gateway, restricted="true")[0], ask(gateway, confidentiality="V")[0],
            ask(gateway, SUBSTANCES)[0], ask(gateway, SUBSTANCES, consents="42CFR2")[0],
            ask(gateway, "What is a fever?", use_case="research")[0], ask(gateway, user="lee@clinic.example")[0],
            gateway.post({"model": "text-embedding-3-small", "input": "chest pain"}, path="/v1/embeddings",
                         headers={"x-cordon-use-case": "summarize"})[0],
            gateway.post({**chat("What is a fever?"), "stream": True}, headers={"x-cordon-use-case": "summarize"})[0],
        ]

    with own(deferring) as (gateway, _):
        first = ask_everything()
        assert {200, 403} <= set(first)
        # What is given again is decided again: the answer to a request that comes twice, and one that is fetched later.
        once = {"x-cordon-use-case": "summarize", "idempotency-key": "once"}
        assert [gateway.post(chat("What is a fever?"), headers=once)[0] for _ in range(2)] == [200, 200]
        place = later(gateway, chat("What is a fever?"), **{"x-cordon-use-case": "summarize"})
        assert answer(gateway, place)[0] == 200
        assert {"idempotent_repeat", "deferred_answer"} <= {one.get("rule") for one in decisions(gateway)}

        # Another version of the policies decides otherwise, and so does another configuration under it.
        source = HOSPITAL.read_text()
        other = re.sub(r'@id\("restricted-by-patient"\).*?;\n', "", source, flags=re.S)
        assert other != source
        folder = tmp_path / "site"
        folder.mkdir()
        (folder / "hospital.cedar").write_text(other)
        (folder / "hospital.cedarschema").write_bytes((HOSPITAL.parent / "hospital.cedarschema").read_bytes())
        gateway.configuration["policy"]["set"] = str(folder)
        reload(gateway)
        second = ask_everything()
        assert second != first and second[1] == 200
        gateway.configuration["callers"][0]["roles"] = ["auditor"]
        reload(gateway)
        third = ask_everything()
        assert set(third[:5]) == {403}

        made = decisions(gateway)
        sets = {one["policy_set"] for one in made}
        assert len(sets) == 2 and {one["decision"] for one in made} == {"allow", "deny"}
        everything = f"{len(made)} decisions of the last day under 2 sets of policies"
        assert replayed(gateway) == (0, [f"{everything}: {len(made)} come out again, 0 otherwise"])
        key = gateway.cordon("log", "key").stdout.strip()
        assert replayed(gateway, "--key", key)[0] == 0

        # Without the version that decided, nothing takes its place.
        kept = gateway.data / "policies" / f"{made[0]['policy_set']}.json"
        content = kept.read_bytes()
        old = sum(one["policy_set"] == made[0]["policy_set"] for one in made)
        for put in (lambda: kept.unlink(), lambda: kept.write_bytes(content.replace(b"forbid", b"permit"))):
            put()
            status, lines = replayed(gateway)
            assert status == 3 and lines == [
                f"{old} cannot be asked again: its policies are not kept, or do not fit its configuration",
                f"{everything}: {len(made) - old} come out again, 0 otherwise"]
        kept.write_bytes(content)
        assert replayed(gateway)[0] == 0
