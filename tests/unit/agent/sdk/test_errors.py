from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import errors
from padkit_sdk.errors import (
    SHOWN_BYTES,
    AskAgain,
    BadFrame,
    DeviceFault,
    LinkLost,
    OutcomeUnknown,
    PadkitError,
    Refused,
)

FAMILY = (AskAgain, DeviceFault, LinkLost, BadFrame, OutcomeUnknown, Refused)


def test_the_family_is_complete_and_each_member_has_its_own_code():
    assert {kind for kind in vars(errors).values() if isinstance(kind, type)} == {PadkitError, *FAMILY}
    assert len({kind.code for kind in (PadkitError, *FAMILY)}) == len(FAMILY) + 1


@pytest.mark.parametrize("kind", FAMILY)
def test_every_member_is_caught_as_padkit_error(kind):
    assert issubclass(kind, PadkitError)


def test_a_hint_is_its_own_message_until_there_is_a_better_one():
    assert str(AskAgain("card.askew")) == "card.askew"
    assert str(AskAgain("card.askew", "reader: card askew; lay it flat")) == "reader: card askew; lay it flat"


def test_a_device_fault_keeps_the_devices_own_code():
    fault = DeviceFault("box.jam", raw="10")
    assert (fault.fault, fault.raw, str(fault)) == ("box.jam", "10", "box.jam (code 10)")
    assert str(DeviceFault("box.jam")) == "box.jam"


def test_a_refusal_names_its_rule():
    assert (Refused("box.no_card").reason, str(Refused("box.no_card"))) == ("box.no_card", "box.no_card")


def test_a_bad_frame_shows_its_bytes():
    assert str(BadFrame("checksum", bytes.fromhex("0201310300"))) == "checksum: 02 01 31 03 00"
    assert str(BadFrame("no data")) == "no data"


@given(st.binary(min_size=SHOWN_BYTES + 1, max_size=SHOWN_BYTES * 4))
def test_a_long_frame_is_kept_whole_and_shown_in_part(frame):
    bad = BadFrame("too long", frame)
    assert bad.frame == frame
    assert str(bad).endswith(f" … ({len(frame)} bytes)")
    assert len(str(bad)) < SHOWN_BYTES * 3 + 50
