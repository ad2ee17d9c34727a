"""Twenty processes that write in one register, some of which are killed; ``python -m tests.store_writers AREA ACKS``.

Each writes down what the register acknowledged, with one write call to a file of its own, after the commit.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import shapely

from planlib.model.register import Bronpunt, Initiative
from planlib.store import open_register
from planlib.store.geometry import place_of

PROCESSES, KILLED = 20, 8
#: A process that is not killed stops after so many entries.
ENTRIES = 6


def write(area: Path, number: int, acks: Path) -> None:
    """Add entries and change each once; every second one has a shape."""
    out = os.open(acks / str(number), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with open_register(area, to_write=True) as register:
        for at in range(10_000 if number < KILLED else ENTRIES):
            uid = f"{number}-{at}"
            spot = shapely.Point(6 + number / 100, 52 + at / 100)
            place = place_of(spot.buffer(0.001) if at % 2 else spot)
            noun = Initiative if number % 2 else Bronpunt
            for version in (1, 2):
                stored = register.put(noun(uid, f"version {version}", place), by=str(number), base=version - 1)
                os.write(out, f"{uid} {stored.version}\n".encode())


def main() -> None:
    """Start the writers, kill some in the middle of their work, and wait for the others."""
    area, acks = Path(sys.argv[1]), Path(sys.argv[2])
    children = {}
    for number in range(PROCESSES):
        child = os.fork()
        if not child:
            write(area, number, acks)
            os._exit(0)
        children[number] = child
    for number in range(KILLED):
        # Each at another moment, after it was seen to write.
        while not (acks / str(number)).exists() or (acks / str(number)).read_bytes().count(b"\n") < 3 + number:
            time.sleep(0.001)
        time.sleep(number / 1000)
        os.kill(children[number], signal.SIGKILL)
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children.values()]
    assert ends == [-signal.SIGKILL] * KILLED + [0] * (PROCESSES - KILLED), ends


if __name__ == "__main__":
    main()
