"""The file format: what is written is read, and whatever else comes is refused by name, within its caps."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packages import joined

from padkit_contract.errors import Invalid
from padkit_contract.evidence import MAX_ITEMS, Parts, package, read

SECTIONS = st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=9)
GOOD = joined([b"manifest", b"one", b"two"])


@given(SECTIONS)
def test_what_is_written_is_read(sections: list[bytes]) -> None:
    assert read(joined(sections)) == Parts(sections[0], tuple(sections[1:]))


@given(st.binary(max_size=300))
@example(b"padkitEV\x00\x01\x00\x01\x00\x00\x00\x01a\xff\xff\xff\xffb")
@example(b"padkitEV\x00\x01\xff\xff")
def test_hostile_bytes_are_refused_or_are_a_file(raw: bytes) -> None:
    try:
        parts = read(raw)
    except Invalid as exc:
        assert exc.reason in ("package.form", "package.size")
    else:
        assert joined([parts.manifest, *parts.items]) == raw


@given(SECTIONS, st.data())
def test_a_file_that_is_cut_off_or_goes_on_is_refused(sections: list[bytes], data: st.DataObject) -> None:
    raw = joined(sections)
    cut = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(Invalid, match=r"package\.form"):
        read(raw[:cut])
    with pytest.raises(Invalid, match="behind the last section"):
        read(raw + b"x")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "no head"),
        (b"padkitEX" + GOOD[8:], "no evidence package"),
        (GOOD[:9] + b"\x02" + GOOD[10:], "no evidence package of version 1"),
        (GOOD[:10] + b"\xff\xff" + GOOD[12:], f"65535 items, at most {MAX_ITEMS}"),
        (GOOD[:12] + b"\x00\x00\x00\x00" + GOOD[16:], "section 0 of 0 bytes"),
        (GOOD[:12] + b"\x7f\xff\xff\xff" + GOOD[16:], "section 0 of 2147483647 bytes"),
        (joined([b"manifest", b"one"], items=2), "cut off before section 2"),
        (joined([b"manifest", b"one", b"two"], items=1), "behind the last section"),
    ],
)
def test_each_way_to_be_no_package_is_told(raw: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read(raw)


def test_a_file_over_the_cap_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_PACKAGE", 20)
    with pytest.raises(Invalid, match=r"package\.size"):
        read(GOOD)
    with pytest.raises(Invalid, match=r"package\.size"):
        package.section(b"")
