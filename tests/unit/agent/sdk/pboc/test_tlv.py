from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk import BadFrame
from padkit_sdk.pboc.tlv import MAX_DEPTH, MAX_SIZE, Tlv, find, parse_tlv, value_of, walk


def encode(tag: bytes, value: bytes) -> bytes:
    size = len(value)
    length = (
        bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")
    )
    return tag + length + value


def test_the_directory_of_the_logs_is_taken_apart(answers):
    nodes = parse_tlv(bytes.fromhex(answers["pse"]["fci"]))
    assert value_of(nodes, 0x88) == bytes([answers["pse"]["directory_file"]])
    assert value_of(nodes, 0x5F2D).decode() == answers["pse"]["language"]
    assert value_of(nodes, 0x9F4D) == bytes.fromhex(answers["pse"]["log"])
    assert [node.tag for node in walk(nodes)] == [0x6F, 0x84, 0xA5, 0x88, 0x5F2D, 0x9F11, 0xBF0C, 0x9F4D]


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 4000])
def test_every_form_of_length_is_understood(size):
    (node,) = parse_tlv(encode(b"\x5a", bytes(size)))
    assert len(node.value) == size


def test_zeros_between_objects_are_skipped():
    assert [node.tag for node in parse_tlv(bytes.fromhex("00 5A0112 0000 570134 00"))] == [0x5A, 0x57]


def test_a_missing_tag_has_an_empty_value():
    assert find(parse_tlv(b""), 0x5A) is None
    assert value_of((), 0x5A) == b""


@pytest.mark.parametrize("tag", ["5A", "9F38", "DF8101"])
def test_tags_of_one_to_three_bytes_are_understood(tag):
    (node,) = parse_tlv(encode(bytes.fromhex(tag), b"x"))
    assert node.tag == int(tag, 16)


@pytest.mark.parametrize(("tag", "constructed"), [(0x70, True), (0x5A, False), (0xBF0C, True), (0x9F38, False)])
def test_a_tag_says_whether_it_is_constructed(tag, constructed):
    assert Tlv(tag, b"").constructed is constructed


@pytest.mark.parametrize(
    "broken",
    ["5A", "5A80", "5A81", "5A83000001AA", "5A8201", "5A0A12", "9F", "9F81", "DF818101 01 00", "70035A0512", "5AFF"],
)
def test_what_is_cut_off_or_too_long_is_refused(broken):
    with pytest.raises(BadFrame, match="tlv"):
        parse_tlv(bytes.fromhex(broken))


def test_a_size_over_the_cap_is_refused():
    with pytest.raises(BadFrame, match="at most"):
        parse_tlv(bytes(MAX_SIZE + 1))


def test_nesting_is_capped():
    data = b""
    for _ in range(MAX_DEPTH - 1):
        data = encode(b"\x70", data)
    assert parse_tlv(data)
    with pytest.raises(BadFrame, match="nested"):
        parse_tlv(encode(b"\x70", encode(b"\x70", data)))


def test_a_refusal_and_an_object_show_no_content():
    with pytest.raises(BadFrame) as refused:
        parse_tlv(bytes.fromhex("570A622848"))
    assert "622848" not in str(refused.value).replace(" ", "")
    assert refused.value.frame == b""
    assert "622848" not in repr(Tlv(0x5A, bytes.fromhex("622848")))


@given(st.binary(max_size=400))
def test_garbage_gives_bad_frame_or_objects(data):
    try:
        nodes = list(walk(parse_tlv(data)))
    except BadFrame:
        return
    assert sum(len(node.value) for node in nodes if not node.constructed) <= len(data)


trees = st.recursive(
    st.tuples(st.sampled_from([b"\x5a", b"\x9f\x38", b"\x57"]), st.binary(max_size=300)),
    lambda inner: st.tuples(st.sampled_from([b"\x70", b"\xbf\x0c"]), st.lists(inner, max_size=3)),
    max_leaves=5,
)


def written(tree) -> bytes:
    tag, content = tree
    return encode(tag, content if isinstance(content, bytes) else b"".join(map(written, content)))


def shape(tree):
    tag, content = tree
    inner = () if isinstance(content, bytes) else tuple(map(shape, content))
    return int.from_bytes(tag, "big"), inner


def same(node: Tlv):
    return node.tag, tuple(map(same, node.children))


@given(trees)
def test_what_was_written_is_read(tree):
    data = written(tree)
    try:
        (node,) = parse_tlv(data)
    except BadFrame as exc:
        assert "nested" in exc.reason
    else:
        assert same(node) == shape(tree)
