"""A day's simulated work with planted people: nothing that was written, sent or printed has them in the clear."""

import os
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor

from canaries import NOTE, PLANTED, contents, found
from conftest import PASSPHRASE, SECRETS, VENDOR_CREDENTIAL, chat
from custodians import agreed, did, key_file, take_in
from paths import CORDON

PATIENTS = [f"Patient/QZ-8841330{digit}" for digit in range(8)]
USERS = ["lavinia.oxbow@clinic.example", "ferdinand.quillon@clinic.example"]
SECRET = [*PLANTED, "QZ-8841330", "oxbow", "quillon"]


# proves: ENC-01, ENC-17
def test_after_a_days_work_no_planted_value_is_in_any_file_and_changed_or_foreign_ciphertext_is_refused(own, tmp_path):
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    chosen = random.Random(seed)
    with own(lambda configuration: configuration["use_cases"][1].update(requires=["patient"])) as (gateway, vendor):
        asked = []
        for index in range(200):
            body = chat(NOTE, stream=index % 3 == 0)
            if index % 4 == 0:
                body["cordon"] = {"patient": chosen.choice(PATIENTS), "user": chosen.choice(USERS), "known": {"people": [{"names": ["Ottoline Brackenridge"]}]}}
                headers = {}
            else:
                headers = {"x-cordon-patient": chosen.choice(PATIENTS), "x-cordon-user": chosen.choice(USERS)}
            if index % 10 == 5:
                headers = {"x-cordon-use-case": chosen.choice(["research", "unlisted"])}
            if index % 25 == 7:
                body["model"] = "gpt-unlisted"
            asked.append((body, headers))
        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(lambda one: gateway.post(one[0], headers=one[1])[0], asked))
        assert statuses.count(200) > 120 and statuses.count(403) > 10, statuses

        take_in(gateway, "rosa", "revealer")
        did(gateway.cordon("token", "create", "daily", "--policy", "single"))
        text = did(subprocess.run(
            [CORDON, "deid", "text", "--tokens", "vault", "--scope", "daily", "--data", gateway.data], input=NOTE,
            capture_output=True, text=True, env={**os.environ, **SECRETS}))
        token = next(word for word in text.split() if word.startswith("NAME_")).strip(".,;")
        did(gateway.cordon(
            "token", "reveal", token, "--scope", "daily", "--reason", "treatment", "--note", NOTE[:60], "--as", key_file(gateway, "rosa")))
        did(gateway.cordon("log", "search", "--count"))

        secret = tmp_path / "secret"
        secret.write_text("a passphrase of the archives\n")
        for output in (
            gateway.cordon("backup", "--to", tmp_path / "data.age", "--passphrase-file", secret, "--config", gateway.folder / "cordon.yaml"),
            gateway.cordon("escrow", "--to", tmp_path / "keys.age", "--passphrase-file", secret, "--proposal", agreed(gateway, "export", "escrow", recipients="passphrase")),
        ):
            assert found((did(output) + output.stderr).encode(), SECRET) == []
        places = {"output": gateway.output, "metrics": gateway.get("/metrics")[2], "vendor": vendor.received}
        places |= {name: (tmp_path / name).read_bytes() for name in ("data.age", "keys.age")}
        places |= {str(path): path.name.encode() + content for path, content in contents(gateway.data)}
        for place, content in places.items():
            assert found(content, SECRET) == [], place
            if place != "vendor":
                assert VENDOR_CREDENTIAL.encode() not in content and PASSPHRASE.encode() not in content, place
        assert len(places) > 10 and sum(map(len, places.values())) > 1_000_000

        # Ciphertext that was changed is refused, and so is another key.
        gateway.stop()
        wrong = {**os.environ, **SECRETS, "CORDON_VAULT_PASSPHRASE": "another-passphrase-entirely"}
        refused = subprocess.run([CORDON, "vault", "status", "--data", gateway.data], capture_output=True, text=True, env=wrong)
        assert refused.returncode != 0 and refused.stdout == ""
        key = gateway.data / "keys/vault.key"
        content = key.read_bytes()
        for at in (len(content) // 2, len(content) - 3):
            key.write_bytes(content[:at] + bytes([content[at] ^ 2]) + content[at + 1 :])
            assert gateway.cordon("vault", "status").returncode != 0
        key.write_bytes(content)
        assert gateway.cordon("vault", "status").returncode == 0
        archive = (tmp_path / "data.age").read_bytes()
        (tmp_path / "data.age").write_bytes(archive[:-20] + bytes([archive[-20] ^ 1]) + archive[-19:])
        restored = gateway.cordon("restore", tmp_path / "data.age", "--into", tmp_path / "restored", "--passphrase-file", secret)
        assert restored.returncode != 0 and not (tmp_path / "restored").exists()
