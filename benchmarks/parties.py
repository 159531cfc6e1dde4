"""A kit and a central of a test CA, as the demonstration makes them, loaded for sealing in this process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from padkit_contract.crypto import choose_suite
from padkit_contract.crypto.suite import Suite
from padkit_contract.keyfile import read_password
from padkit_contract.party import Party, load_party
from padkit_sim.demo import files
from padkit_sim.demo.world import World


@dataclass(frozen=True, slots=True)
class Parties:
    """Both ends of the road, and the suite they were loaded with."""

    suite: Suite
    kit: Party
    central: Party


async def make(folder: Path) -> Parties:
    """Issue keys and certificates into `folder` (``ca``, ``central``, ``kit``) and load them."""
    await World(folder).set_up()
    return load(folder)


def load(folder: Path) -> Parties:
    """Load what was issued before."""
    suite = choose_suite(allow_pure=False, log=_quiet)
    password = read_password(folder / files.PASSWORD)
    return Parties(suite, load_party(folder / "kit", suite, password), load_party(folder / "central", suite, password))


def _quiet(event: str, /, **fields: str) -> None:
    """Log nothing."""
