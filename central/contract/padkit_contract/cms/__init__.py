"""Cryptographic message syntax (RFC 5652): the signed inside and the sealed outside of an envelope."""
