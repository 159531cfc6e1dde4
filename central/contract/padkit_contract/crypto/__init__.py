"""National cryptography: SM2 behind four functions, SM3, SM4-GCM, and the choice of who computes them."""

from padkit_contract.crypto.choose import DEFAULT_LIBRARY, Log, choose_suite
from padkit_contract.crypto.native import NativeSuite
from padkit_contract.crypto.pure import PureSuite
from padkit_contract.crypto.selftest import VectorResult, self_test
from padkit_contract.crypto.suite import PrivateKey, PublicKey, SoftwareKey, Suite
from padkit_contract.crypto.symmetric import gcm_open, gcm_seal, hmac_sm3, sm3

__all__ = [
    "DEFAULT_LIBRARY",
    "Log",
    "NativeSuite",
    "PrivateKey",
    "PublicKey",
    "PureSuite",
    "SoftwareKey",
    "Suite",
    "VectorResult",
    "choose_suite",
    "gcm_open",
    "gcm_seal",
    "hmac_sm3",
    "self_test",
    "sm3",
]
