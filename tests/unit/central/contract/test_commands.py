"""Commands as they are read: moments that no clock can show are none."""

from __future__ import annotations

import msgspec
import pytest

from padkit_contract.commands import Command, Lock
from padkit_contract.errors import Invalid
from padkit_contract.messages import decode, encode

GOOD = Command("019ab9a0", "bank", "KIT-1", 3, Lock(), "lost", "op-1", (), 1_795_334_400)
LAST_S = 253_402_300_799  # 9999-12-31T23:59:59Z


@pytest.mark.parametrize("moment", ["issued_at", "not_before", "expires"])
@pytest.mark.parametrize("seconds", [-1, LAST_S + 1, 1 << 70])
def test_a_moment_that_no_clock_can_show_is_refused(moment: str, seconds: int) -> None:
    bad = encode(msgspec.structs.replace(GOOD, **{moment: seconds}))
    with pytest.raises(Invalid, match=rf"message\.form.*{moment}"):
        decode(bad, Command)


def test_the_last_moment_of_all_is_one() -> None:
    good = msgspec.structs.replace(GOOD, expires=LAST_S)
    assert decode(encode(good), Command) == good
