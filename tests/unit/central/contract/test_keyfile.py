from __future__ import annotations

import os

import pytest

from padkit_contract import der, keyfile, oids, pem
from padkit_contract.crypto import PureSuite
from padkit_contract.errors import CryptoUnfit

PASSWORD = b"TEST ONLY password"


@pytest.fixture(scope="module")
def key(suite):
    return suite.generate()


@pytest.fixture(scope="module")
def wrapped(key):
    return keyfile.wrap_key(key, PASSWORD, os.urandom, iterations=10)


def refusal(call, *given) -> str:
    with pytest.raises(CryptoUnfit) as refused:
        call(*given)
    return refused.value.reason


def test_a_wrapped_key_comes_back_in_either_suite(suite, key, wrapped):
    for one in (suite, PureSuite()):
        assert keyfile.unwrap_key(wrapped, PASSWORD, one).scalar() == key.scalar()


def test_the_file_says_pbkdf2_with_hmac_sm3_and_sm4_cbc(key):
    read = der.decode(der.EncryptedPrivateKeyInfo, keyfile.wrap_key(key, PASSWORD, os.urandom)).algorithm
    assert read.algorithm == oids.PBES2
    assert read.parameters.kdf.parameters.prf.algorithm == oids.HMAC_SM3
    assert read.parameters.kdf.parameters.iterations == keyfile.ITERATIONS
    assert read.parameters.cipher.algorithm == oids.SM4_CBC


def test_a_wrong_password_is_refused(suite, wrapped):
    assert refusal(keyfile.unwrap_key, wrapped, b"something else", suite) == "key.password"


def test_garbage_is_refused(suite, wrapped):
    assert refusal(keyfile.unwrap_key, b"", PASSWORD, suite) == "key.form"
    assert refusal(keyfile.unwrap_key, wrapped + b"\0", PASSWORD, suite) == "key.form"


def changed(wrapped: bytes, **changes: object) -> bytes:
    info = der.decode(der.EncryptedPrivateKeyInfo, wrapped)
    for name, value in changes.items():
        setattr(info.algorithm.parameters.kdf.parameters, name, value)
    return der.encode(info)


@pytest.mark.parametrize("iterations", [0, -1, keyfile.MAX_ITERATIONS + 1, 1 << 80])
def test_an_iteration_count_out_of_range_is_refused_before_counting(suite, wrapped, iterations):
    assert refusal(keyfile.unwrap_key, changed(wrapped, iterations=iterations), PASSWORD, suite) == "key.iterations"


@pytest.mark.parametrize("change", [{"key_size": 32}, {"key_size": None}, {"prf": der.algorithm(oids.SM3)}])
def test_another_key_derivation_is_refused(suite, wrapped, change):
    assert refusal(keyfile.unwrap_key, changed(wrapped, **change), PASSWORD, suite) == "key.form"


@pytest.mark.parametrize("iv", [b"", bytes(8), bytes(32)])
def test_an_iv_of_another_size_is_refused(suite, wrapped, iv):
    info = der.decode(der.EncryptedPrivateKeyInfo, wrapped)
    info.algorithm.parameters.cipher.iv = iv
    assert refusal(keyfile.unwrap_key, der.encode(info), PASSWORD, suite) == "key.password"


def test_a_key_is_written_for_its_owner_only_and_never_over_another(tmp_path, suite, key, wrapped):
    path = tmp_path / "sign.key.pem"
    keyfile.write_private(path, pem.write(pem.ENCRYPTED_KEY, wrapped, "TEST ONLY"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert keyfile.load_key(path, PASSWORD, suite).public == key.public
    with pytest.raises(FileExistsError):
        keyfile.write_private(path, "another")


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o700, 0o644])
def test_a_key_that_others_could_read_is_refused(tmp_path, suite, wrapped, mode):
    path = tmp_path / "sign.key.pem"
    keyfile.write_private(path, pem.write(pem.ENCRYPTED_KEY, wrapped))
    path.chmod(mode)
    with pytest.raises(CryptoUnfit, match=f"mode 0{mode:o}; make it 0600") as refused:
        keyfile.load_key(path, PASSWORD, suite)
    assert refused.value.reason == "key.mode"


def test_a_key_file_that_is_not_there_is_refused_by_name(tmp_path, suite):
    with pytest.raises(CryptoUnfit, match=r"sign\.key\.pem"):
        keyfile.load_key(tmp_path / "sign.key.pem", PASSWORD, suite)


def test_a_password_file_is_private_and_not_empty(tmp_path):
    path = tmp_path / "password"
    keyfile.write_private(path, "TEST ONLY password\r\n")
    assert keyfile.read_password(path) == PASSWORD
    path.chmod(0o644)
    assert refusal(keyfile.read_password, path) == "key.mode"
    empty = tmp_path / "empty"
    keyfile.write_private(empty, "\n")
    assert refusal(keyfile.read_password, empty) == "key.password"
