"""A stream of parts: portions do not matter, every length has a cap, nonsense is a `BadFrame`."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padkit_agent.links.multipart import MAX_HEAD, Parts, boundary_of
from padkit_sdk import BadFrame, Refused
from padkit_sdk.ports import MAX_PICTURE_BYTES

BODIES = st.lists(st.binary(min_size=1, max_size=200).filter(lambda it: b"--cut" not in it), min_size=1, max_size=4)


def stream(bodies, *, lengths):
    for body in bodies:
        length = b"Content-Length: %d\r\n" % len(body) if lengths else b""
        yield b"--cut\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n" + body + b"\r\n"


@given(BODIES, st.lists(st.integers(1, 300), max_size=30), st.booleans())
def test_portions_do_not_matter(bodies, cuts, lengths):
    data = b"".join(stream(bodies, lengths=lengths)) + b"--cut--\r\n"
    parts, found = Parts(b"--cut"), []
    for cut in cuts:
        found += parts.feed(data[:cut])
        data = data[cut:]
    assert found + parts.feed(data) == bodies


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=400), max_size=8))
def test_nonsense_is_refused_or_waits(portions):
    parts = Parts(b"--cut")
    try:
        for portion in portions:
            parts.feed(portion)
    except BadFrame:
        pass


def test_a_header_without_end_is_refused():
    with pytest.raises(BadFrame):
        Parts(b"--cut").feed(b"--cut\r\n" + b"x" * MAX_HEAD)


def test_a_body_over_the_cap_is_refused_before_it_comes_and_while_it_comes():
    with pytest.raises(Refused) as announced:
        Parts(b"--cut").feed(b"--cut\r\nContent-Length: %d\r\n\r\n" % (MAX_PICTURE_BYTES + 1))
    parts = Parts(b"--cut")
    parts.feed(b"--cut\r\n\r\n")
    with pytest.raises(Refused) as endless:
        parts.feed(bytes(MAX_PICTURE_BYTES + MAX_HEAD + 1))
    assert announced.value.reason == endless.value.reason == "picture.size"


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [("multipart/x-mixed-replace; boundary=cut", b"--cut"), ('Multipart/x; boundary="--cut"', b"--cut")],
)
def test_the_boundary_is_found_as_cameras_write_it(content_type, boundary):
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize(
    "content_type", ["", "image/jpeg; boundary=cut", "multipart/x", "multipart/x; boundary=" + "a" * 71]
)
def test_another_content_type_is_refused(content_type):
    with pytest.raises(BadFrame):
        boundary_of(content_type)
