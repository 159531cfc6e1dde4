"""What a box must be able to do for a card to be opened with it."""

from __future__ import annotations

import pytest

from padkit_agent.core.variant import NEEDED, unfit
from padkit_sdk.ports import Capability

ABLE = {capability.value for capability in Capability} - {"hopper_count", "eject"}


def test_everything_but_counting_the_hopper_and_ejecting_is_needed() -> None:
    assert set(NEEDED) == ABLE
    assert unfit(ABLE) == ""


@pytest.mark.parametrize("lacking", sorted(ABLE))
def test_what_is_lacking_is_named_in_both_languages(lacking: str) -> None:
    told = unfit(ABLE - {lacking} | {"eject"})
    assert told.startswith(f"this card box cannot {lacking}, so no card is opened with it")
    assert f"此发卡箱不能{NEEDED[lacking]}，" in told


def test_the_whole_variant_may_be_lacking() -> None:
    assert all(name in unfit({"eject"}) for name in NEEDED)
