from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_sdk.errors import Refused
from padkit_sdk.manifest import FILE_NAME, MAX_SIZE, SDK_VERSION, Limits, read_manifest

SMALLEST = f"""
name = "dx1"
version = "1.2.0"
sdk = {SDK_VERSION}
module = "padkit_dx1.plugin"
ports = ["card_dispenser"]
links = ["usb_serial"]
"""


@pytest.fixture
def written(tmp_path):
    """Write a manifest and give its path."""

    def write(text):
        path = tmp_path / FILE_NAME
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_the_smallest_manifest_gets_the_defaults(written):
    manifest = read_manifest(written(SMALLEST))
    assert (manifest.name, manifest.ports, manifest.links) == ("dx1", ("card_dispenser",), ("usb_serial",))
    assert (manifest.isolation, manifest.limits, manifest.summary) == ("worker", Limits(), {})


def test_limits_and_summaries_are_read(written):
    text = SMALLEST + '[summary]\nen = "A box"\n[limits]\nmemory_mb = 64\n'
    manifest = read_manifest(written(text))
    assert manifest.summary == {"en": "A box"}
    assert manifest.limits == Limits(memory_mb=64)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SMALLEST + "protocol = 1\n", "protocol"),
        (SMALLEST + "[limits]\nmemory = 64\n", "memory"),
        (SMALLEST.replace('version = "1.2.0"', "version = 1.2"), "version"),
        (SMALLEST.replace('name = "dx1"', ""), "name"),
        ("name = ", FILE_NAME),
        (b"\xff\xfe", FILE_NAME),
    ],
)
def test_what_is_wrong_is_refused_with_its_key_and_file(written, text, named):
    path = written(text)
    with pytest.raises(Refused, match=named) as refused:
        read_manifest(path)
    assert refused.value.reason == "manifest.invalid"
    assert str(path) in str(refused.value)


def test_a_missing_manifest_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(Refused, match=f"ship {FILE_NAME} in the package") as refused:
        read_manifest(tmp_path / FILE_NAME)
    assert refused.value.reason == "manifest.missing"


def test_a_manifest_for_another_sdk_is_refused_with_both_versions(written):
    with pytest.raises(Refused, match=f"made for SDK 7, this is {SDK_VERSION}") as refused:
        read_manifest(written(SMALLEST.replace(f"sdk = {SDK_VERSION}", "sdk = 7")))
    assert refused.value.reason == "manifest.sdk"


def test_a_manifest_beyond_its_size_is_refused_unread(written):
    with pytest.raises(Refused, match=f"{MAX_SIZE + 1} bytes") as refused:
        read_manifest(written(b"#" * (MAX_SIZE + 1)))
    assert refused.value.reason == "manifest.size"


@given(text=st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / FILE_NAME
    path.write_bytes(text)
    with pytest.raises(Refused):
        read_manifest(path)
