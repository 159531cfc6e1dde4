"""The system's libcrypto by ctypes: finding it, judging its version, declaring the functions used. No keys here."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Mapping
from ctypes import POINTER, c_char_p, c_int, c_size_t, c_ulong, c_void_p

from padkit_contract.errors import CryptoUnfit

OLDEST = (3, 0, 0)
Version = tuple[int, int, int]

# name -> (result, arguments...), as the OpenSSL 3 manual declares them
FUNCTIONS: Mapping[str, tuple[type | None, ...]] = {
    "BN_bin2bn": (c_void_p, c_char_p, c_int, c_void_p),
    "BN_bn2binpad": (c_int, c_void_p, c_void_p, c_int),
    "BN_clear_free": (None, c_void_p),
    "BN_secure_new": (c_void_p,),
    "ERR_clear_error": (None,),
    "ERR_error_string_n": (None, c_ulong, c_char_p, c_size_t),
    "ERR_get_error": (c_ulong,),
    "EVP_DigestSign": (c_int, c_void_p, c_void_p, POINTER(c_size_t), c_char_p, c_size_t),
    "EVP_DigestSignInit": (c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p),
    "EVP_DigestVerify": (c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t),
    "EVP_DigestVerifyInit": (c_int, c_void_p, c_void_p, c_void_p, c_void_p, c_void_p),
    "EVP_MD_CTX_free": (None, c_void_p),
    "EVP_MD_CTX_new": (c_void_p,),
    "EVP_MD_CTX_set_pkey_ctx": (None, c_void_p, c_void_p),
    "EVP_PKEY_CTX_free": (None, c_void_p),
    "EVP_PKEY_CTX_new": (c_void_p, c_void_p, c_void_p),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, c_void_p, c_char_p, c_char_p),
    "EVP_PKEY_CTX_set1_id": (c_int, c_void_p, c_char_p, c_int),
    "EVP_PKEY_decrypt": (c_int, c_void_p, c_void_p, POINTER(c_size_t), c_char_p, c_size_t),
    "EVP_PKEY_decrypt_init": (c_int, c_void_p),
    "EVP_PKEY_encrypt": (c_int, c_void_p, c_void_p, POINTER(c_size_t), c_char_p, c_size_t),
    "EVP_PKEY_encrypt_init": (c_int, c_void_p),
    "EVP_PKEY_free": (None, c_void_p),
    "EVP_PKEY_fromdata": (c_int, c_void_p, POINTER(c_void_p), c_int, c_void_p),
    "EVP_PKEY_fromdata_init": (c_int, c_void_p),
    "EVP_PKEY_generate": (c_int, c_void_p, POINTER(c_void_p)),
    "EVP_PKEY_get_bn_param": (c_int, c_void_p, c_char_p, POINTER(c_void_p)),
    "EVP_PKEY_get_octet_string_param": (c_int, c_void_p, c_char_p, c_void_p, c_size_t, POINTER(c_size_t)),
    "EVP_PKEY_keygen_init": (c_int, c_void_p),
    "EVP_PKEY_pairwise_check": (c_int, c_void_p),
    "EVP_PKEY_public_check": (c_int, c_void_p),
    "EVP_PKEY_sign": (c_int, c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t),
    "EVP_PKEY_sign_init": (c_int, c_void_p),
    "EVP_PKEY_verify": (c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t),
    "EVP_PKEY_verify_init": (c_int, c_void_p),
    "EVP_sm3": (c_void_p,),
    "OpenSSL_version": (c_char_p, c_int),
    "OpenSSL_version_num": (c_ulong,),
    "OSSL_PARAM_BLD_free": (None, c_void_p),
    "OSSL_PARAM_BLD_new": (c_void_p,),
    "OSSL_PARAM_BLD_push_BN": (c_int, c_void_p, c_char_p, c_void_p),
    "OSSL_PARAM_BLD_push_octet_string": (c_int, c_void_p, c_char_p, c_char_p, c_size_t),
    "OSSL_PARAM_BLD_push_utf8_string": (c_int, c_void_p, c_char_p, c_char_p, c_size_t),
    "OSSL_PARAM_BLD_to_param": (c_void_p, c_void_p),
    "OSSL_PARAM_free": (None, c_void_p),
}


def denial(version: Version, machine: str) -> str | None:
    """Say why this libcrypto must not touch private keys, or None."""
    if version < OLDEST:
        return "SM2 through EVP needs OpenSSL 3.0 or newer"
    if machine.lower() in {"aarch64", "arm64"} and version >= (3, 2, 0):
        return "its SM2 multiplication on 64-bit ARM branches on secret bits (openssl issue 31133); take 3.0 or 3.1"
    return None


def load(path: str, machine: str | None = None) -> tuple[ctypes.CDLL, str]:
    """Open libcrypto and return it with its version text.

    Raises:
        CryptoUnfit: ``crypto.library``: not found, too old, a function missing, or on the deny list.
    """
    try:
        library = ctypes.CDLL(path)
        _declare(library)
    except (OSError, AttributeError) as exc:
        raise CryptoUnfit(
            "crypto.library", f"{path}: {exc}; install OpenSSL 3.0 or newer or configure its path"
        ) from exc
    text = str(library.OpenSSL_version(0).decode("ascii", "replace"))
    number = int(library.OpenSSL_version_num())
    version = (number >> 28, (number >> 20) & 0xFF, (number >> 4) & 0xFF)
    if reason := denial(version, machine or platform.machine()):
        raise CryptoUnfit("crypto.library", f"{path} is {text}: {reason}")
    return library, text


def _declare(library: ctypes.CDLL) -> None:
    for name, (result, *arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments


def last_error(library: ctypes.CDLL) -> str:
    """Empty this thread's OpenSSL error queue and return it as text."""
    texts: list[str] = []
    while code := library.ERR_get_error():
        buffer = ctypes.create_string_buffer(200)
        library.ERR_error_string_n(code, buffer, 200)
        texts.append(buffer.value.decode("ascii", "replace"))
    return "; ".join(texts) or "no reason given"
