"""The page listens on this machine alone."""

from __future__ import annotations

import pytest

from padkit_sim.errors import SimRefused
from padkit_sim.page import PageAddress, page_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:0", PageAddress("127.0.0.1", 0)),
        ("localhost:8080", PageAddress("127.0.0.1", 8080)),
        ("127.9.9.9:1", PageAddress("127.9.9.9", 1)),
        ("[::1]:65535", PageAddress("::1", 65535)),
    ],
)
def test_addresses_of_loopback_are_taken(text, address):
    assert page_address(text) == address


@pytest.mark.parametrize("text", ["0.0.0.0:80", "192.168.1.1:80", "example.com:80", "[::]:80", ":80"])
def test_other_addresses_are_refused(text):
    with pytest.raises(SimRefused, match="is not loopback"):
        page_address(text)


@pytest.mark.parametrize("text", ["", "demo", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(SimRefused, match="is not HOST:PORT"):
        page_address(text)
