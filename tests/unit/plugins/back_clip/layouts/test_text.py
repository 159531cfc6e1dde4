from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from padkit_back_clip.layouts import latest_address, read_person
from padkit_back_clip.layouts.text import TextBlock
from padkit_sdk import DeviceFault


def _address(text: str) -> bytes:
    return text.encode("utf-16-le") + " ".encode("utf-16-le") * (35 - len(text))


def test_the_last_appended_address_is_the_newest():
    assert latest_address(_address("旧址") + _address("新址1号")).text == "新址1号"


def test_a_block_is_printed_without_its_text(block):
    assert repr(TextBlock(block)) == "TextBlock()"


@given(st.binary(min_size=256, max_size=256), st.sampled_from(["", " ", "J", "I", "Y"]))
def test_garbage_gives_a_device_fault_or_a_person(block, flag):
    try:
        read_person(block[:248] + flag.encode("utf-16-le") + block[250:] if flag else block)
    except DeviceFault as exc:
        assert exc.fault in {"idcard.layout", "idcard.record", "idcard.number_check"}
