"""Sealed envelopes made before they are needed. ``python -m benchmarks.envelope_stock FOLDER FIRST COUNT FILE`` makes some.

They are real: every one can be opened and answered by central. What is posted is what a kit posts.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks import ground, parties
from padkit_contract import messages
from padkit_contract.context import VERSION, Context
from padkit_contract.envelope import seal
from padkit_contract.messages import EvidencePackage, Posted
from padkit_contract.party import Party

PAYLOAD_BYTES = 2048
LIFE_S = 3600
LINE = "2026-01-01T00:00:00Z CORE_OK"


def envelope_id(number: int) -> str:
    """Return the id of the envelope of that number."""
    return f"019aa000-0000-7000-8000-{number:012}"


async def make(folder: Path, count: int, workers: int) -> list[bytes]:
    """Return the bodies of `count` posts, sealed by the kit in `folder` in several processes."""
    share = -(-count // workers)
    outputs = [folder / f"envelopes{worker}" for worker in range(workers)]
    children = [
        await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "benchmarks.envelope_stock",
                str(folder),
                str(worker * share),
                str(share),
                str(output),
            ),
            cwd=ground.ROOT,
        )
        for worker, output in enumerate(outputs)
    ]
    codes = [await child.wait() for child in children]
    assert not any(codes), codes
    return [body for output in outputs for body in load(output)][:count]


def load(path: Path) -> list[bytes]:
    """Return the bodies in a file."""
    return msgspec.msgpack.decode(path.read_bytes(), type=list[bytes])


def save(path: Path, bodies: list[bytes]) -> None:
    """Write bodies into a file."""
    path.write_bytes(msgspec.msgpack.encode(bodies))


def _posted(kit: Party, number: int, until_s: int) -> bytes:
    assert kit.peer is not None
    context = Context(
        version=VERSION,
        entity=kit.entity,
        kit=kit.name,
        envelope=envelope_id(number),
        sequence=number + 1,
        business=messages.EVIDENCE,
        catalogue=1,
        key=kit.peer.key_id,
        recipient=kit.peer.name,
        not_after=until_s,
    )
    payload = messages.encode(_package(number))
    sealed = seal(payload, context, sender=kit.sign, recipient=kit.peer, random_bytes=os.urandom, now=datetime.now(UTC))
    return msgspec.msgpack.encode(Posted(sealed))


def _package(number: int) -> EvidencePackage:
    lines = (LINE,) * (PAYLOAD_BYTES // (len(LINE) + 3) - 3)
    return EvidencePackage(f"F{number:08}", f"S{number:08}", "ACC-01", (), lines)


def main(folder: Path, first: int, count: int, output: Path) -> None:
    """Make some."""
    kit = parties.load(folder).kit
    until_s = int(time.time()) + LIFE_S
    save(output, [_posted(kit, number, until_s) for number in range(first, first + count)])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
