"""AES-256-GCM and sums of encrypted numbers: `cordon bench crypto`, and beside it what others make of the same work."""

import json
import random
import re
import subprocess
import time

import machine


def measure(arguments):
    rounds = "3" if arguments.quick else "15"
    ours = machine.output(machine.CORDON, "bench", "crypto", "--rounds", rounds)
    report = json.loads(machine.output(machine.CORDON, "bench", "crypto", "--rounds", "3", "--json"))
    sealed = report["aes_256_gcm"]["seal_gb_per_second"]["median"]
    lines = [ours, "", "beside it, one core, processor time"]
    lines += openssl(arguments, sealed)
    lines += seal(int(rounds))
    return lines


def openssl(arguments, sealed):
    seconds = "1" if arguments.quick else "5"
    said = subprocess.run(
        ["openssl", "speed", "-seconds", seconds, "-evp", "aes-256-gcm", "-bytes", "65536"], capture_output=True, text=True)
    rate = re.search(r"AES-256-GCM\s+([\d.]+)k", said.stdout)
    if not rate:
        return ["  openssl speed: not here"]
    version = machine.output("openssl", "version").split("(")[0].strip()
    rate = float(rate[1]) / 1e6
    return [f"  {version}, blocks of 64 KiB: {rate:.2f} GB/s; ours with nonces, chunks and copies {sealed:.2f}, {sealed / rate:.2f} of it"]


def seal(rounds):
    """Microsoft SEAL through TenSEAL, whose figures have the lists of Python in them."""
    try:
        import tenseal
    except ImportError:
        return ["  Microsoft SEAL: `pip install tenseal` to have it here"]
    context = tenseal.context(tenseal.SCHEME_TYPE.BFV, poly_modulus_degree=8192, plain_modulus=4294475777)
    values = [random.randrange(1000) for _ in range(8192)]
    left, right = tenseal.bfv_vector(context, values), tenseal.bfv_vector(context, values)
    work = {
        "encrypt by the public key": lambda: tenseal.bfv_vector(context, values), "add": lambda: left + right,
        "decrypt": left.decrypt,
    }
    lines = [f"  Microsoft SEAL, TenSEAL {tenseal.__version__}, one ciphertext of 8192 numbers, {len(left.serialize())} bytes:"]
    return lines + [f"    {name}: {timed(body, rounds):.2f} ms" for name, body in work.items()]


def timed(body, rounds):
    body()
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        body()
        taken.append(time.process_time() - start)
    return sorted(taken)[rounds // 2] * 1000
