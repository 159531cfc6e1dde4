"""A card reader in a kit file."""

from __future__ import annotations

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.kitfile.load import parse

HEAD = '[kit]\nname = "k"\n[[device]]\nid = "chip"\ntype = "card_reader"\n'


def test_packs_make_cards_and_one_lies_in_it():
    text = HEAD + 'inserted = 3\ncards = [{bin = "999900", count = 2}, {bin = "999901", protocol = "T=1"}]\n'
    entry = parse(text, "k.toml").devices[0]
    assert [it.protocol for it in entry.settings.cards] == ["T=0", "T=0", "T=1"]
    assert entry.settings.inserted == 3
    assert (entry.wire, entry.identity.location, entry.identity.serial) == ("usb", "1-5", "CR-0001")


@pytest.mark.parametrize("line", ["inserted = 1", 'cards = [{bin = "999900", protocol = "T=2"}]', "cards = [{}]"])
def test_what_makes_no_sense_is_refused(line):
    with pytest.raises(SimRefused, match=r"k\.toml:6"):
        parse(f"{HEAD}{line}\n", "k.toml")
