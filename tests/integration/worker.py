"""Many processes with one cache: each judges files over and over and writes down what it found;
they are killed at random.

Arguments: the folder with `at`, `documents/*.xml`, `trust/*.cer` and `cache/`, how many processes,
how many are to be killed at least. Goes on until all together have said enough. Prints how many
were killed; the processes of the end stop by themselves. Each writes to a file `told-<number>`.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from hocba_sign.adapters.cache import Cache, CachedAnswer
from hocba_sign.adapters.fetch import Fetcher
from hocba_sign.adapters.revocation import EvidenceFetcher, FetchBudget
from hocba_sign.operations.verifier import Verifier
from hocba_sign.pki.certificates.certificate import Certificate
from hocba_sign.pki.trust.store import TrustStore
from tests.integration.online import Once

_STOP = "stop"
_BLOBS = 12
_ENOUGH_LINES = 80
_MOST_SECONDS = 60


def main(folder: Path, processes: int, kills: int) -> int:
    """Return the number of processes that did not end well."""
    chance = random.Random(7)
    running = {number: begin(folder, number) for number in range(processes)}
    end = time.monotonic() + _MOST_SECONDS
    killed = 0
    while time.monotonic() < end and (killed < kills or lines(folder) < _ENOUGH_LINES):
        time.sleep(chance.uniform(0.02, 0.25))
        number = chance.choice(list(running))
        process = running.pop(number)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        killed += 1
        running[processes + killed] = begin(folder, processes + killed)
    (folder / _STOP).touch()
    print(killed)
    return sum(os.waitpid(process, 0)[1] != 0 for process in running.values())


def lines(folder: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("told-*"))


def begin(folder: Path, number: int) -> int:
    process = os.fork()
    if process == 0:
        code = 1
        try:
            work(folder, number, folder / f"told-{number}")
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    return process


def fetcher(cache: Cache, now: datetime) -> EvidenceFetcher:
    budget = FetchBudget(timeout=timedelta(seconds=20))
    return EvidenceFetcher(
        fetcher=Fetcher(allow_loopback=True), clock=lambda: now, cache=cache, budget=budget
    )


def work(folder: Path, seed: int, told: Path) -> None:
    chance = random.Random(seed)
    at = datetime.fromisoformat((folder / "at").read_text()).astimezone(UTC)
    cache = Cache(folder=folder / "cache")
    trust = TrustStore.of(
        Certificate.load(path.read_bytes()) for path in sorted((folder / "trust").iterdir())
    )
    documents = {path.stem: path.read_bytes() for path in sorted((folder / "documents").iterdir())}
    with told.open("a", buffering=1) as out:
        while not (folder / _STOP).exists():
            # Entries run out and turn up from the future, so that all processes write all the time.
            now = at + timedelta(minutes=chance.randrange(180))
            name, document = chance.choice(list(documents.items()))
            fetch = fetcher(cache, now)
            verifier = Verifier(trust=trust, fetch=Once(fetch), is_time_fixed=True)
            report = verifier.verify(document, at=at)
            faults = sorted({one["cause"] for one in report.to_dict()["fetches"] if one["cause"]})
            out.write(f"{name} {report.verdict} {' '.join(faults)}".rstrip() + "\n")
            number = chance.randrange(_BLOBS)
            octets = sha256(str(number).encode()).digest() * 20_000
            cache.put(
                f"blob {number}",
                CachedAnswer(stored=now, until=now + timedelta(hours=1), octets=octets),
            )
            number = chance.randrange(_BLOBS)
            kept = cache.get(f"blob {number}", at=now)
            is_right = kept is None or kept.octets == sha256(str(number).encode()).digest() * 20_000
            out.write("blob right\n" if is_right else "blob WRONG\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
