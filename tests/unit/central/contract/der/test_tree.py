"""Messages of other makers as trees: BER and DER, with caps; whatever comes in, a tree or a ValueError comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract import der, oids
from padkit_contract.der import tree
from padkit_contract.der.tree import Children, Node

PIECES = bytes.fromhex("2480 0403 414243 2404 0402 4445 0000".replace(" ", ""))  # ABC, then DE in a piece of its own

leaves = st.builds(Node, st.sampled_from([0x02, 0x04, 0x05, 0x0C, 0x80, 0x9E]), st.binary(max_size=300))
nodes = st.recursive(
    leaves,
    lambda inner: st.builds(
        Node,
        st.sampled_from([0x30, 0x31, 0xA0, 0xBE]),
        st.just(b""),
        st.lists(inner, max_size=4).map(tuple),
    ),
    max_leaves=12,
)


@given(nodes)
def test_what_was_written_is_read(node):
    assert tree.read(node.encode()) == node


@given(nodes)
def test_indefinite_and_long_lengths_mean_the_same(node):
    assert tree.read(indefinite(node)) == node


def indefinite(node: Node) -> bytes:
    """Return the element as BER: indefinite where it holds elements, a length in four octets elsewhere."""
    if node.constructed:
        return bytes([node.tag, 0x80]) + b"".join(map(indefinite, node.children)) + b"\0\0"
    return bytes([node.tag, 0x84]) + len(node.content).to_bytes(4, "big") + node.content


@given(st.binary(max_size=300))
def test_garbage_is_refused_or_read_never_anything_else(garbage):
    try:
        node = tree.read(garbage)
    except ValueError:
        return
    assert tree.read(node.encode()) == node


@given(nodes, st.data())
def test_what_is_cut_off_is_refused(node, data):
    raw = node.encode()
    with pytest.raises(ValueError):
        tree.read(raw[: data.draw(st.integers(0, len(raw) - 1))])


def test_a_string_in_pieces_is_joined():
    assert tree.read(PIECES).octets() == b"ABCDE"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("0500" + "00", "1 bytes after the end"),
        ("30", "cut off"),
        ("300501", "cut off: 4 bytes are missing"),
        ("0480414243" + "0000", "indefinite length without elements"),
        ("30ff" + "00" * 300, "length that cannot be"),
        ("3085" + "0000000000", "length that cannot be"),
        ("1f810100", "tag number above 30"),
        ("3003" + "040541", "longer than what holds it|missing"),
        ("30" * 2 + "80", "length|cut off"),
    ],
)
def test_what_makes_no_sense_is_named(raw, says):
    with pytest.raises(ValueError, match=says):
        tree.read(bytes.fromhex(raw))


def test_an_element_may_not_reach_beyond_what_holds_it():
    with pytest.raises(ValueError, match="longer than what holds it"):
        tree.read(bytes.fromhex("3006" + "3003" + "0402" + "41" + "42"))


def test_depth_and_number_are_capped():
    with pytest.raises(ValueError, match="levels"):
        tree.read(b"\x30\x80" * 100_000)
    with pytest.raises(ValueError, match="elements"):
        tree.read(Node(0x30, children=(Node(0x05),) * (tree.MAX_NODES + 1)).encode())


def test_values_are_taken_out_with_their_types_checked():
    node = tree.read(der.encode(der.DataContent(type=oids.DATA, content=b"x")))
    parts = Children(node)
    assert parts.take(tree.OBJECT_IDENTIFIER).identifier() == oids.DATA
    assert parts.maybe(tree.SET) is None
    with pytest.raises(ValueError, match="1 elements too many"):
        parts.done()
    assert parts.take(tree.context(0)).children[0].octets() == b"x"
    parts.done()
    with pytest.raises(ValueError, match="missing"):
        parts.take(tree.SET)
    with pytest.raises(ValueError, match="0x30 where 0x02"):
        node.integer()
    with pytest.raises(ValueError, match="without content"):
        Node(tree.INTEGER).integer()
    with pytest.raises(ValueError, match="no strings"):
        Node(0x24, children=(Node(0x02, b"\1"),)).octets()
    assert Node(tree.INTEGER, b"\xff").integer() == -1
