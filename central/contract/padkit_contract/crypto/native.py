"""SM2 over the system's libcrypto. Fast, and its decryption time does not depend on the key."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ctypes import byref, c_size_t, c_void_p, create_string_buffer

from padkit_contract.crypto import curve, libcrypto
from padkit_contract.crypto.symmetric import DIGEST_SIZE
from padkit_contract.errors import CryptoUnfit

PUBLIC_PART = 0x86  # EVP_PKEY_PUBLIC_KEY
KEY_PAIR = 0x87  # EVP_PKEY_KEYPAIR


class NativeSuite:
    """The suite of one loaded libcrypto."""

    def __init__(self, library: ctypes.CDLL, version: str) -> None:
        self._library = library
        self.name = f"libcrypto ({version})"

    @classmethod
    def load(cls, path: str) -> NativeSuite:
        """Open libcrypto at `path` or by that name. Raises `CryptoUnfit` ``crypto.library``."""
        return cls(*libcrypto.load(path))

    def generate(self) -> NativeKey:
        """Return a fresh key."""
        library = self._library
        pointer = c_void_p()
        with _context(library, library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)) as context:
            _must(library, "key generation", library.EVP_PKEY_keygen_init(context))
            _must(library, "key generation", library.EVP_PKEY_generate(context, byref(pointer)))
        handle = _Handle(library, pointer)
        return NativeKey(handle, handle.point())

    def load_private(self, scalar: bytes, point: bytes) -> NativeKey:
        """Return the key pair. Raises `CryptoUnfit` when scalar and point are not one pair."""
        curve.check_scalar(scalar)
        curve.check_point(point)
        handle = self._import(point, scalar)
        with _context(self._library, self._library.EVP_PKEY_CTX_new(handle.pointer, None)) as context:
            _must(self._library, "key pair check", self._library.EVP_PKEY_pairwise_check(context))
        return NativeKey(handle, point)

    def load_public(self, point: bytes) -> NativePublicKey:
        """Return the public key. Raises `CryptoUnfit` for a point off the curve."""
        curve.check_point(point)
        return NativePublicKey(self._import(point, None), point)

    def _import(self, point: bytes, scalar: bytes | None) -> _Handle:
        library = self._library
        pointer = c_void_p()
        selection = PUBLIC_PART if scalar is None else KEY_PAIR
        with ExitStack() as stack:
            parameters = _parameters(library, stack, point, scalar)
            context = stack.enter_context(_context(library, library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)))
            _must(library, "key import", library.EVP_PKEY_fromdata_init(context))
            _must(library, "key import", library.EVP_PKEY_fromdata(context, byref(pointer), selection, parameters))
        handle = _Handle(library, pointer)
        with _context(library, library.EVP_PKEY_CTX_new(pointer, None)) as context:
            _must(library, "public key check", library.EVP_PKEY_public_check(context))
        return handle


class _Handle:
    """Owns one EVP_PKEY and runs operations on it."""

    def __init__(self, library: ctypes.CDLL, pointer: c_void_p) -> None:
        self.library = library
        self.pointer = pointer

    def __del__(self) -> None:
        self.library.EVP_PKEY_free(self.pointer)

    def point(self) -> bytes:
        """Return 04 ‖ X ‖ Y."""
        size = c_size_t()
        buffer = create_string_buffer(curve.POINT_SIZE)
        done = self.library.EVP_PKEY_get_octet_string_param(self.pointer, b"pub", buffer, len(buffer), byref(size))
        _must(self.library, "public key export", done)
        return buffer.raw[: size.value]

    def scalar(self) -> bytes:
        """Return the secret 32 bytes."""
        number = c_void_p()
        _must(self.library, "key export", self.library.EVP_PKEY_get_bn_param(self.pointer, b"priv", byref(number)))
        buffer = create_string_buffer(curve.SCALAR_SIZE)
        self.library.BN_bn2binpad(number, buffer, curve.SCALAR_SIZE)
        self.library.BN_clear_free(number)
        return buffer.raw

    @contextmanager
    def digesting(self, start: Callable[..., int]) -> Iterator[c_void_p]:
        """Yield a digest context for SM3 with the default identifier, which OpenSSL before 4.0 leaves empty."""
        library = self.library
        with _context(library, library.EVP_PKEY_CTX_new(self.pointer, None)) as context:
            digest = library.EVP_MD_CTX_new()
            try:
                library.EVP_MD_CTX_set_pkey_ctx(digest, context)
                identified = library.EVP_PKEY_CTX_set1_id(context, curve.DEFAULT_ID, len(curve.DEFAULT_ID))
                _must(library, "SM2 identifier", identified)
                _must(library, "SM2 start", start(digest, None, library.EVP_sm3(), None, self.pointer))
                yield digest
            finally:
                library.EVP_MD_CTX_free(digest)

    def crypt(self, start: Callable[..., int], run: Callable[..., int], data: bytes) -> bytes | None:
        """Run encrypt or decrypt; None when libcrypto refuses."""
        with _context(self.library, self.library.EVP_PKEY_CTX_new(self.pointer, None)) as context:
            size = c_size_t()
            if start(context) <= 0 or run(context, None, byref(size), data, len(data)) <= 0:
                return None
            buffer = create_string_buffer(max(size.value, len(data)))
            if run(context, buffer, byref(size), data, len(data)) <= 0:
                return None
            return buffer.raw[: size.value]


class NativePublicKey:
    """A point known to libcrypto."""

    __slots__ = ("_handle", "point")

    def __init__(self, handle: _Handle, point: bytes) -> None:
        self._handle = handle
        self.point = point

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Tell whether `signature` is this key's on `data`."""
        if curve.read_signature(signature) is None:
            return False
        library = self._handle.library
        with self._handle.digesting(library.EVP_DigestVerifyInit) as digest:
            good: bool = library.EVP_DigestVerify(digest, signature, len(signature), data, len(data)) == 1
        if not good:
            library.ERR_clear_error()
        return good

    def verify_digest(self, signature: bytes, digest: bytes) -> bool:
        """Tell whether `signature` is this key's on `digest`."""
        if curve.read_signature(signature) is None or len(digest) != DIGEST_SIZE:
            return False
        library = self._handle.library
        with _context(library, library.EVP_PKEY_CTX_new(self._handle.pointer, None)) as context:
            _must(library, "SM2 start", library.EVP_PKEY_verify_init(context))
            good: bool = library.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest)) == 1
        if not good:
            library.ERR_clear_error()
        return good

    def encrypt(self, data: bytes) -> bytes:
        """Return the ciphertext of 1 to `MAX_MESSAGE` bytes."""
        curve.check_plain(data)
        library = self._handle.library
        ciphertext = self._handle.crypt(library.EVP_PKEY_encrypt_init, library.EVP_PKEY_encrypt, data)
        if ciphertext is None:
            raise CryptoUnfit("crypto.operation", f"SM2 encryption: {libcrypto.last_error(library)}")
        return ciphertext


class NativeKey:
    """A key pair inside libcrypto."""

    __slots__ = ("_handle", "public")

    def __init__(self, handle: _Handle, point: bytes) -> None:
        self._handle = handle
        self.public = point

    def __repr__(self) -> str:
        return f"NativeKey(public …{self.public[-4:].hex()})"

    def sign(self, data: bytes) -> bytes:
        """Return the signature on `data`."""
        library = self._handle.library
        size = c_size_t(curve.MAX_SIGNATURE)
        buffer = create_string_buffer(curve.MAX_SIGNATURE)
        with self._handle.digesting(library.EVP_DigestSignInit) as digest:
            _must(library, "SM2 signature", library.EVP_DigestSign(digest, buffer, byref(size), data, len(data)))
        return buffer.raw[: size.value]

    def sign_digest(self, digest: bytes) -> bytes:
        """Return the signature on `digest`. Raises ValueError unless it has 32 bytes."""
        curve.check_digest(digest)
        library = self._handle.library
        size = c_size_t(curve.MAX_SIGNATURE)
        buffer = create_string_buffer(curve.MAX_SIGNATURE)
        with _context(library, library.EVP_PKEY_CTX_new(self._handle.pointer, None)) as context:
            _must(library, "SM2 start", library.EVP_PKEY_sign_init(context))
            signed = library.EVP_PKEY_sign(context, buffer, byref(size), digest, len(digest))
            _must(library, "SM2 signature", signed)
        return buffer.raw[: size.value]

    def decrypt(self, ciphertext: bytes) -> bytes:
        """Return the plaintext. Raises ValueError."""
        expected = len(curve.read_ciphertext(ciphertext).data)
        library = self._handle.library
        plain = self._handle.crypt(library.EVP_PKEY_decrypt_init, library.EVP_PKEY_decrypt, ciphertext)
        if plain is None or len(plain) != expected:
            library.ERR_clear_error()
            raise ValueError(curve.REFUSED)
        return plain

    def scalar(self) -> bytes:
        """Return the 32 secret bytes."""
        return self._handle.scalar()


@contextmanager
def _context(library: ctypes.CDLL, context: int | None) -> Iterator[c_void_p]:
    """Own an EVP_PKEY_CTX."""
    if context is None:
        raise CryptoUnfit("crypto.library", f"no SM2: {libcrypto.last_error(library)}; take a libcrypto built with SM2")
    try:
        yield c_void_p(context)
    finally:
        library.EVP_PKEY_CTX_free(context)


def _parameters(library: ctypes.CDLL, stack: ExitStack, point: bytes, scalar: bytes | None) -> c_void_p:
    """Return OSSL_PARAMs that live as long as `stack`; the scalar goes through memory that is wiped."""
    builder = library.OSSL_PARAM_BLD_new()
    stack.callback(library.OSSL_PARAM_BLD_free, builder)
    _must(library, "key import", library.OSSL_PARAM_BLD_push_utf8_string(builder, b"group", b"SM2", 0))
    _must(library, "key import", library.OSSL_PARAM_BLD_push_octet_string(builder, b"pub", point, len(point)))
    if scalar is not None:
        number = library.BN_bin2bn(scalar, len(scalar), library.BN_secure_new())
        stack.callback(library.BN_clear_free, number)
        _must(library, "key import", library.OSSL_PARAM_BLD_push_BN(builder, b"priv", number))
    parameters = library.OSSL_PARAM_BLD_to_param(builder)
    stack.callback(library.OSSL_PARAM_free, parameters)
    return c_void_p(parameters)


def _must(library: ctypes.CDLL, doing: str, result: int) -> None:
    if result <= 0:
        raise CryptoUnfit("crypto.operation", f"{doing}: {libcrypto.last_error(library)}")
