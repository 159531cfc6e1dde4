"""SM2 private keys in files: PKCS#8, encrypted with PBES2 (PBKDF2-HMAC-SM3, SM4-CBC), mode 0600.

GmSSL reads the same form. A hardware key needs no such file: it is a `PrivateKey` of its own.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from padkit_contract import der, oids, pem
from padkit_contract.crypto.suite import SoftwareKey, Suite
from padkit_contract.crypto.symmetric import BLOCK_SIZE, KEY_SIZE, cbc_decrypt, cbc_encrypt, pbkdf2_sm3
from padkit_contract.der import BitString
from padkit_contract.errors import CryptoUnfit

ITERATIONS = 20_000  # two keys of a kit open in well under 0.1 s
MAX_ITERATIONS = 1_000_000  # a file may not make us count for minutes
MAX_FILE = 64 << 10
SALT_SIZE = 16
PRIVATE_MODE = 0o600


def wrap_key(
    key: SoftwareKey, password: bytes, random_bytes: Callable[[int], bytes], *, iterations: int = ITERATIONS
) -> bytes:
    """Return the encrypted PKCS#8 (DER)."""
    ec_key = der.EcPrivateKey(version=1, scalar=key.scalar(), curve=oids.SM2_CURVE, point=BitString(key.public, 0))
    plain = der.encode(
        der.PrivateKeyInfo(version=0, algorithm=der.sm2_key(key.public).algorithm, key=der.encode(ec_key))
    )
    salt, iv = random_bytes(SALT_SIZE), random_bytes(BLOCK_SIZE)
    parameters = _pbes2(salt, iterations, iv)
    data = cbc_encrypt(pbkdf2_sm3(password, salt, iterations), iv, plain)
    algorithm = der.Pbes2Algorithm(algorithm=oids.PBES2, parameters=parameters)
    return der.encode(der.EncryptedPrivateKeyInfo(algorithm=algorithm, data=data))


def unwrap_key(raw: bytes, password: bytes, suite: Suite) -> SoftwareKey:
    """Read what `wrap_key` wrote. Raises `CryptoUnfit` ``key.form``, ``key.iterations`` or ``key.password``."""
    try:
        info = der.decode(der.EncryptedPrivateKeyInfo, raw)
    except ValueError as exc:
        raise CryptoUnfit("key.form", f"{exc}; an encrypted SM2 key (PKCS#8) is needed") from exc
    kdf, iv = info.algorithm.parameters.kdf.parameters, info.algorithm.parameters.cipher.iv
    if not 1 <= kdf.iterations <= MAX_ITERATIONS:
        raise CryptoUnfit(
            "key.iterations", f"{kdf.iterations}, expected 1 to {MAX_ITERATIONS}; write the key file again"
        )
    if info.algorithm.algorithm != oids.PBES2 or not der.same(
        info.algorithm.parameters, _pbes2(kdf.salt, kdf.iterations, iv)
    ):
        raise CryptoUnfit("key.form", "not PBES2 with PBKDF2-HMAC-SM3 and SM4-CBC; convert the key file")
    try:
        plain = cbc_decrypt(pbkdf2_sm3(password, kdf.salt, kdf.iterations), iv, info.data)
        ec_key = der.decode(der.EcPrivateKey, der.decode(der.PrivateKeyInfo, plain).key)
    except ValueError as exc:
        raise CryptoUnfit(
            "key.password", "the password does not open this key file; give the one it was written with"
        ) from exc
    if ec_key.point is None:
        raise CryptoUnfit("key.form", "the key file has no public point; write it again")
    return suite.load_private(ec_key.scalar, ec_key.point.as_bytes())


def write_private(path: Path, text: str) -> None:
    """Create a file that only its owner can read. Raises FileExistsError rather than replace a key."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)


def read_private(path: Path) -> str:
    """Return a private file's text. Raises `CryptoUnfit` ``key.file`` or, when others could read it, ``key.mode``."""
    try:
        with path.open(encoding="ascii") as file:
            state = os.fstat(file.fileno())
            text = file.read(MAX_FILE)
    except (OSError, UnicodeDecodeError) as exc:
        raise CryptoUnfit("key.file", f"{path}: {exc}") from exc
    mode = stat.S_IMODE(state.st_mode)
    if mode & ~PRIVATE_MODE:
        raise CryptoUnfit(
            "key.mode", f"{path} has mode {mode:04o}; make it {PRIVATE_MODE:04o} and draw a new key if it leaked"
        )
    return text


def read_password(path: Path) -> bytes:
    """Return the password in a private file, without its line end. Raises `CryptoUnfit` ``key.*``."""
    password = read_private(path).rstrip("\r\n").encode("ascii")
    if not password:
        raise CryptoUnfit("key.password", f"{path} is empty; put the key password into it")
    return password


def load_key(path: Path, password: bytes, suite: Suite) -> SoftwareKey:
    """Read one encrypted key file. Raises `CryptoUnfit` ``key.*`` or ``pem.*``."""
    (raw,) = pem.read(pem.ENCRYPTED_KEY, read_private(path))[:1]
    try:
        return unwrap_key(raw, password, suite)
    except CryptoUnfit as exc:
        raise CryptoUnfit(exc.reason, f"{path}: {exc}") from exc


def _pbes2(salt: bytes, iterations: int, iv: bytes) -> der.Pbes2Parameters:
    kdf = der.KdfParameters(salt=salt, iterations=iterations, key_size=KEY_SIZE, prf=der.algorithm(oids.HMAC_SM3))
    return der.Pbes2Parameters(
        kdf=der.KdfAlgorithm(algorithm=oids.PBKDF2, parameters=kdf),
        cipher=der.CbcAlgorithm(algorithm=oids.SM4_CBC, iv=iv),
    )
