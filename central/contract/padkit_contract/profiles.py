"""The forms an envelope can have. Kit and central speak A; the others are for partners and for proof against other programs.

Which one is written and which ones are read is this side's choice, never the message's.
"""

from __future__ import annotations

import enum


class Profile(enum.Enum):
    """One form; `docs/reference/envelope.md` shows each byte for byte. The value is what commands call it."""

    A = "A"  # AuthEnvelopedData, SM4-GCM, context and key commitment authenticated outside
    B = "B"  # AuthEnvelopedData, SM4-GCM, nothing readable outside: OpenSSL's family reads it
    C = "C"  # EnvelopedData, SM4-CBC: stock OpenSSL 3.0 decrypts it; not for production
    D = "D"  # GB/T 35275 SignedAndEnvelopedData, SM4-CBC; not for production
    D_GMSSL = "D-GMSSL"  # D as GmSSL writes it: another key-encryption identifier, a signature without Z
