"""The one table of object identifiers. Source: GM/T 0006, GB/T 33560, GB/T 35275, RFC 5652, RFC 5083, RFC 5280, RFC 8018."""

from __future__ import annotations

# Taken from the binding: the public name lives in `cryptography.x509`, whose import costs a kit 0.1 s at start.
from cryptography.hazmat.bindings._rust import ObjectIdentifier as ObjectIdentifier

# Our own arc, made as ITU-T X.667 allows everybody to (2.25 and a UUID drawn once): no registration, no clash.
PRIVATE_ARC = "2.25.2050534188572417534261133179810620287"

CONTEXT = ObjectIdentifier(f"{PRIVATE_ARC}.1.1")  # attribute: OCTET STRING, the canonical context
KEY_COMMITMENT = ObjectIdentifier(f"{PRIVATE_ARC}.1.2")  # attribute: OCTET STRING, HMAC-SM3
KIT = ObjectIdentifier(f"{PRIVATE_ARC}.2.1")  # extended key usage: speaks as a kit
SERVICE = ObjectIdentifier(f"{PRIVATE_ARC}.2.2")  # extended key usage: speaks as central
COMMAND = ObjectIdentifier(f"{PRIVATE_ARC}.2.3")  # extended key usage: orders kits to do something
OPERATOR = ObjectIdentifier(f"{PRIVATE_ARC}.2.4")  # extended key usage: a person who asks for orders and approves them
SEAL = ObjectIdentifier(f"{PRIVATE_ARC}.2.9")  # extended key usage: stamps documents with an entity's electronic seal
HSM = ObjectIdentifier(f"{PRIVATE_ARC}.2.8")  # extended key usage: opens C3 fields, and speaks to nobody

EC_PUBLIC_KEY = ObjectIdentifier("1.2.840.10045.2.1")
SM2_CURVE = ObjectIdentifier("1.2.156.10197.1.301")
SM2_SIGNATURE = ObjectIdentifier("1.2.156.10197.1.301.1")
SM2_KEY_EXCHANGE = ObjectIdentifier("1.2.156.10197.1.301.2")  # GmSSL takes it for SM2 encryption
SM2_ENCRYPTION = ObjectIdentifier("1.2.156.10197.1.301.3")
SM2_WITH_SM3 = ObjectIdentifier("1.2.156.10197.1.501")
SM3 = ObjectIdentifier("1.2.156.10197.1.401")
HMAC_SM3 = ObjectIdentifier("1.2.156.10197.1.401.2")
SM4_CBC = ObjectIdentifier("1.2.156.10197.1.104.2")
SM4_GCM = ObjectIdentifier("1.2.156.10197.1.104.8")

PBES2 = ObjectIdentifier("1.2.840.113549.1.5.13")
PBKDF2 = ObjectIdentifier("1.2.840.113549.1.5.12")

DATA = ObjectIdentifier("1.2.840.113549.1.7.1")
SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
ENVELOPED_DATA = ObjectIdentifier("1.2.840.113549.1.7.3")
SIGNED_AND_ENVELOPED_DATA = ObjectIdentifier("1.2.840.113549.1.7.4")
AUTH_ENVELOPED_DATA = ObjectIdentifier("1.2.840.113549.1.9.16.1.23")
GM_DATA = ObjectIdentifier("1.2.156.10197.6.1.4.2.1")
GM_SIGNED_DATA = ObjectIdentifier("1.2.156.10197.6.1.4.2.2")
GM_ENVELOPED_DATA = ObjectIdentifier("1.2.156.10197.6.1.4.2.3")
GM_SIGNED_AND_ENVELOPED_DATA = ObjectIdentifier("1.2.156.10197.6.1.4.2.4")
CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")
SIGNING_TIME = ObjectIdentifier("1.2.840.113549.1.9.5")

COMMON_NAME = ObjectIdentifier("2.5.4.3")
COUNTRY = ObjectIdentifier("2.5.4.6")
ORGANIZATION = ObjectIdentifier("2.5.4.10")
ORGANIZATIONAL_UNIT = ObjectIdentifier("2.5.4.11")
SUBJECT_KEY_IDENTIFIER = ObjectIdentifier("2.5.29.14")
KEY_USAGE = ObjectIdentifier("2.5.29.15")
BASIC_CONSTRAINTS = ObjectIdentifier("2.5.29.19")
CRL_NUMBER = ObjectIdentifier("2.5.29.20")
AUTHORITY_KEY_IDENTIFIER = ObjectIdentifier("2.5.29.35")
EXTENDED_KEY_USAGE = ObjectIdentifier("2.5.29.37")
