from __future__ import annotations

import pytest

from padkit_fingerprint.uru4500.machine import NEXT, Phase, Seen, advance
from padkit_sdk import DeviceFault


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("seen", Seen)
def test_what_is_not_in_the_table_is_refused(phase, seen):
    if seen in NEXT[phase]:
        assert advance(phase, seen) is NEXT[phase][seen]
        return
    with pytest.raises(DeviceFault) as caught:
        advance(phase, seen)
    assert caught.value.fault == "finger.sequence"


def test_a_capture_goes_once_round():
    phase = Phase.DOWN
    for seen in (Seen.STARTED, Seen.ARM, Seen.TOUCHED, Seen.AGAIN, Seen.PICTURE, Seen.LIFTED):
        phase = advance(phase, seen)
    assert phase is Phase.READY


@pytest.mark.parametrize("phase", Phase)
def test_trouble_brings_every_phase_down(phase):
    assert advance(phase, Seen.TROUBLE) is Phase.DOWN
