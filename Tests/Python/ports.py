"""Ports for servers that tests start."""

import itertools
import os
import socket

# Below the ports that the system gives to outgoing connections, so that none of these takes one before its server does;
# each process that runs tests has its own.
FIRST, SHARE, PROCESSES = 10_000, 2_500, 8
_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % PROCESSES
_turns = itertools.cycle(FIRST + SHARE * _process + (61 * os.getpid() + turn) % SHARE for turn in range(SHARE))


def free_port():
    """A port on which nothing listens, and that is not given out again soon."""
    for port in itertools.islice(_turns, SHARE):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("no port is free")
