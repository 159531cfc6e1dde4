"""The holder's passcode: what central keeps proves it and does not tell it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from padkit_contract.errors import Invalid
from padkit_contract.passcode import is_holders, make_holder

SALT = b"0123456789abcdef"
HOLDER = make_holder("Li Hua", "correct horse", SALT, 10)


def test_the_right_passcode_is_the_holders() -> None:
    assert is_holders(HOLDER, "correct horse")
    assert not is_holders(HOLDER, "correct horsE")


def test_salt_and_rounds_count() -> None:
    assert HOLDER.hash != make_holder("Li Hua", "correct horse", SALT[::-1], 10).hash
    assert HOLDER.hash != make_holder("Li Hua", "correct horse", SALT, 11).hash


@pytest.mark.parametrize("passcode", ["", "short", "x" * 129])
def test_a_passcode_of_another_length_is_refused(passcode: str) -> None:
    with pytest.raises(Invalid, match=r"passcode\.length"):
        make_holder("Li Hua", passcode, SALT)


def test_a_holder_needs_a_name() -> None:
    with pytest.raises(Invalid, match=r"passcode\.name"):
        make_holder("", "correct horse", SALT)


def test_a_holder_that_would_take_for_ever_is_not_computed() -> None:
    assert not is_holders(replace(HOLDER, iterations=10**12), "correct horse")
    assert not is_holders(HOLDER, "x" * 10**6)


def test_what_is_kept_is_not_shown() -> None:
    assert repr(HOLDER) == "Holder(Li Hua)"
