"""TLS certificates: ECDSA P-256 from a CA of their own, because Python's `ssl` takes no SM2."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from padkit_contract.issue import BACKDATED, Name

PublicKey = ec.EllipticCurvePublicKey
NAMES = (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)


@dataclass(frozen=True, slots=True)
class TlsIssuer:
    """The TLS CA with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_ca(name: Name, *, now: datetime, days: int) -> TlsIssuer:
    """Return a new TLS CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(name)
    builder = _builder(subject, subject, key.public_key(), key.public_key(), now, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(ca=True), critical=True)
    return TlsIssuer(builder.sign(key, hashes.SHA256()), key)


def make_client(name: Name, issuer: TlsIssuer, *, now: datetime, days: int) -> TlsIssuer:
    """Return a kit's client certificate and key."""
    return _make_leaf(name, issuer, ExtendedKeyUsageOID.CLIENT_AUTH, (), now, days)


def make_server(name: Name, issuer: TlsIssuer, hosts: Sequence[str], *, now: datetime, days: int) -> TlsIssuer:
    """Return a service's server certificate and key, good for `hosts` (names or addresses)."""
    return _make_leaf(name, issuer, ExtendedKeyUsageOID.SERVER_AUTH, hosts, now, days)


def check_request(request: bytes) -> tuple[Name, ec.EllipticCurvePublicKey]:
    """Read a PKCS#10 request (DER) and prove possession of its key. Raises ValueError for anything but P-256 of our names."""
    read = x509.load_der_x509_csr(request)
    try:
        key = read.public_key()
    except UnsupportedAlgorithm as exc:
        raise ValueError(f"the TLS request: {exc}") from exc
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the TLS request is not for a P-256 key")
    if not read.is_signature_valid:
        raise ValueError("the TLS request is not signed by the key it asks for")
    names = [str(each.value) for kind in NAMES for each in read.subject.get_attributes_for_oid(kind)]
    if len(names) != len(NAMES) or len(list(read.subject)) != len(NAMES):
        raise ValueError("the TLS request needs one O and one CN")
    return Name(*names), key


def certify_client(
    name: Name, key: ec.EllipticCurvePublicKey, issuer: TlsIssuer, *, now: datetime, days: int
) -> x509.Certificate:
    """Return a kit's client certificate for a key that it holds itself."""
    return _leaf(name, key, issuer, ExtendedKeyUsageOID.CLIENT_AUTH, (), now, days)


def load_ca(certificate: bytes, key: bytes, password: bytes) -> TlsIssuer:
    """Read the TLS CA's files (PEM). Raises ValueError when the password or a file is wrong."""
    loaded = serialization.load_pem_private_key(key, password)
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise ValueError("the TLS CA's key is not an elliptic curve key")
    return TlsIssuer(x509.load_pem_x509_certificate(certificate), loaded)


def key_der(key: ec.EllipticCurvePrivateKey, password: bytes | None) -> bytes:
    """Return PKCS#8 (DER), encrypted when there is a password; a server that starts by itself has none."""
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, encryption)


def certificate_der(certificate: x509.Certificate) -> bytes:
    """Return the certificate's DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


def _make_leaf(
    name: Name, issuer: TlsIssuer, purpose: x509.ObjectIdentifier, hosts: Sequence[str], now: datetime, days: int
) -> TlsIssuer:
    key = ec.generate_private_key(ec.SECP256R1())
    return TlsIssuer(_leaf(name, key.public_key(), issuer, purpose, hosts, now, days), key)


def _leaf(
    name: Name,
    key: ec.EllipticCurvePublicKey,
    issuer: TlsIssuer,
    purpose: x509.ObjectIdentifier,
    hosts: Sequence[str],
    now: datetime,
    days: int,
) -> x509.Certificate:
    issuer_name, issuer_key = issuer.certificate.subject, issuer.key.public_key()
    builder = _builder(_name(name), issuer_name, key, issuer_key, now, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(ca=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
    return builder.sign(issuer.key, hashes.SHA256())


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    days: int,
) -> x509.CertificateBuilder:
    start = now.replace(microsecond=0) - BACKDATED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _name(name: Name) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name.entity),
            x509.NameAttribute(NameOID.COMMON_NAME, name.name),
        ]
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
