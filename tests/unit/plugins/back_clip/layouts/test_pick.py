from __future__ import annotations

import pytest

from padkit_back_clip.layouts import read_person
from padkit_sdk import DeviceFault
from padkit_sdk.ports import DocumentKind


@pytest.mark.parametrize(
    ("flag", "kind"),
    [
        (" ", DocumentKind.RESIDENT),
        ("J", DocumentKind.HMT_PERMIT),
        ("I", DocumentKind.FOREIGNER_2017),
        ("Y", DocumentKind.FOREIGNER_2023),
    ],
)
def test_the_character_at_248_picks_the_layout(flag, kind, build_block):
    number = "810000198505200022"
    assert read_person(build_block((122, number), (248, flag))).kind is kind


@pytest.mark.parametrize("flag", ["K", "j", "\0"])
def test_an_unknown_flag_is_a_fault_with_its_bytes(flag, build_block):
    with pytest.raises(DeviceFault) as refused:
        read_person(build_block((248, flag)))
    assert refused.value.fault == "idcard.layout"
    assert refused.value.raw == flag.encode("utf-16-le").hex(" ").upper()
