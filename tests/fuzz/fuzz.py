"""Fuzz one target for a while: `python tests/fuzz/fuzz.py TARGET --seconds 3 --seed 1`; --help names
them.

Talk with 0 when nothing but refusals came out; a finding is printed with its input and talk with libFuzzer's code.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
with atheris.instrument_imports(
    include=["padkit_contract", "padkit_central.kits", "padkit_agent.core", "padkit_agent.control"]
):
    import envelopes
    import from_others
    import messages
    import packages_in
    import people
    from der_mutator import mutate
    from pki import make_pki
    from talk import Talk, make_talk
    from target import Target

    from padkit_contract.crypto import NativeSuite

TARGETS: dict[str, Callable[[Talk], Target]] = {
    "envelope": envelopes.outside,
    "signed": envelopes.inside,
    "context": envelopes.bound,
    "claim": envelopes.claimed,
    "foreign": envelopes.foreign,
    "posted": messages.posted,
    "body": messages.body,
    "command": messages.command,
    "package": packages_in.package,
    "manifest": packages_in.manifest,
    "paper": people.paper,
    "order": people.order,
    "enrolment": people.enrolment,
    "heard": people.heard,
    "certificate": from_others.certificate,
    "request": from_others.request,
    "revocation-list": from_others.revocation_list,
    "newer-list": from_others.newer_list,
    "pem": from_others.pem_text,
    "key-file": from_others.key_file,
}
MAX_INPUT = 8192
MAX_SECONDS_EACH = 30  # what an input may take on a busy machine; every loop of the readers has a cap far below
MAX_MEMORY_MB = 2048
PLAIN_SHARE = 0.3  # of the inputs for DER targets are changed without regard to their structure


def main() -> None:
    """Read the command line and fuzz each target in a child; end at the first finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS, nargs="+")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=-1, help="end after so many inputs, if the time is not over before")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    talk = make_talk(make_pki(NativeSuite.load("libcrypto.so.3")))
    for name in given.target:
        sys.stderr.write(f"target: {name}\n")
        sys.stderr.flush()
        child = os.fork()
        if not child:
            fuzz(TARGETS[name](talk), given.seconds, given.runs, given.seed)
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(os.waitstatus_to_exitcode(status))


def fuzz(target: Target, seconds: int, runs: int, seed: int) -> None:
    """See that the first seed is good, write all down, and go; the process ends here."""
    target.reads(target.seeds[0])
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, good in enumerate(target.seeds):
            (corpus / str(number)).write_bytes(good)
        options = {
            "seed": seed,
            "max_total_time": seconds,
            "runs": runs,
            "max_len": MAX_INPUT,
            "timeout": MAX_SECONDS_EACH,
            "rss_limit_mb": MAX_MEMORY_MB,
            "artifact_prefix": f"{folder}/",
            "print_final_stats": 1,
        }
        command = [sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)]
        atheris.Setup(command, target, custom_mutator=der_mutations(target) if target.der else None)
        atheris.Fuzz()


def der_mutations(target: Target) -> Callable[[bytes, int, int], bytes]:
    """Return a mutator that mostly changes elements and sometimes bytes."""

    def changed(raw: bytes, max_size: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < PLAIN_SHARE:
            return bytes(atheris.Mutate(raw, max_size))
        head, body = raw[: target.head], raw[target.head :]
        for _ in range(chance.choice((1, 1, 2, 4))):
            body = mutate(body, chance)
        return (head + body)[:max_size]

    return changed


if __name__ == "__main__":
    main()
