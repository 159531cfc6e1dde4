from __future__ import annotations

import pytest

from padkit_contract.crypto import libcrypto
from padkit_contract.errors import CryptoUnfit


@pytest.mark.parametrize(
    ("version", "machine", "denied"),
    [
        ((3, 0, 0), "x86_64", False),
        ((4, 0, 3), "x86_64", False),
        ((3, 1, 9), "aarch64", False),
        ((3, 2, 0), "aarch64", True),
        ((3, 2, 0), "ARM64", True),
        ((4, 0, 3), "aarch64", True),
        ((1, 1, 1), "x86_64", True),
    ],
)
def test_versions_with_a_leaking_multiplication_or_without_sm2_are_denied(version, machine, denied):
    assert (libcrypto.denial(version, machine) is not None) is denied


def test_a_library_that_is_not_there_is_unfit():
    with pytest.raises(CryptoUnfit, match=r"libcrypto-of-nobody\.so.*install OpenSSL 3\.0"):
        libcrypto.load("libcrypto-of-nobody.so")


def test_a_library_without_the_functions_is_unfit():
    with pytest.raises(CryptoUnfit, match=r"libc\.so\.6"):
        libcrypto.load("libc.so.6")


@pytest.mark.usefixtures("libssl3")
def test_the_systems_library_is_found_by_name_and_says_its_version():
    _, version = libcrypto.load("libcrypto.so.3", machine="x86_64")
    assert version.startswith("OpenSSL 3")


@pytest.mark.usefixtures("libssl3")
def test_the_deny_list_is_asked_on_loading(monkeypatch):
    monkeypatch.setattr(libcrypto, "denial", lambda version, machine: f"{version[0]} on {machine} is denied")
    with pytest.raises(CryptoUnfit, match="3 on riscv64 is denied"):
        libcrypto.load("libcrypto.so.3", machine="riscv64")
