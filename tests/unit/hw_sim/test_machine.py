"""A made-up machine: the same for the same kit, another for another, and never one that exists."""

from __future__ import annotations

import re
import uuid

from padkit_sim.machine import Machine


def test_a_kit_is_the_same_machine_at_each_start():
    assert Machine("demo", 7).parts == Machine("demo", 7).parts


def test_other_kits_and_seeds_share_no_part():
    values = [set(Machine(name, seed).parts.values()) for name, seed in (("demo", 7), ("demo", 8), ("other", 7))]
    assert len(set.union(*values)) == 3 * 6


def test_its_card_has_an_address_as_a_maker_gives_it_and_its_board_a_uuid():
    for seed in range(50):
        parts = Machine("demo", seed).parts
        assert re.fullmatch(r"[0-9a-f][048c](:[0-9a-f]{2}){5}", parts["nic"])
        assert uuid.UUID(parts["product_uuid"]).version == 4


def test_whoever_looks_sees_every_part_and_each_swap():
    shown: list[tuple[str, str]] = []

    class Board:
        def show(self, trait: str, value: str) -> None:
            shown.append((trait, value))

    machine = Machine("demo", 7)
    machine.seen_by(Board())
    assert dict(shown) == machine.parts
    machine.swap("nic", "")
    assert shown[-1] == ("nic", "")
