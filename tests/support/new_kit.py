"""A kit at the enrolment door, in few lines: its keys stay here. TEST ONLY."""

from __future__ import annotations

import io
import ssl
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from padkit_contract.crypto import SoftwareKey, Suite
from padkit_contract.enrol import (
    EnrolRequest,
    Papers,
    Requests,
    mac_key,
    open_answer,
    seal_request,
)
from padkit_contract.issue import Name, make_request


def tls_request(name: Name, key: ec.EllipticCurvePrivateKey) -> bytes:
    names = ((NameOID.ORGANIZATION_NAME, name.entity), (NameOID.COMMON_NAME, name.name))
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in names])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.DER)


@dataclass
class NewKit:
    """One kit that wants certificates."""

    suite: Suite
    url: str
    entity: str = "demo"
    kit: str = "kit-9"
    keys: list[SoftwareKey] = field(default_factory=list)
    tls_key: Any = None

    def requests(self) -> Requests:
        name = Name(self.entity, self.kit)
        self.keys = [self.suite.generate(), self.suite.generate()]
        self.tls_key = ec.generate_private_key(ec.SECP256R1())
        sign, encrypt = (make_request(name, key) for key in self.keys)
        return Requests(sign, encrypt, tls_request(name, self.tls_key))

    def sealed(self, code: str, requests: Requests | None = None, **changed: Any) -> bytes:
        request = EnrolRequest(1, self.entity, self.kit, requests or self.requests())
        return seal_request(msgspec.structs.replace(request, **changed), mac_key(self.entity, self.kit, code))

    async def post(self, body: bytes) -> tuple[int, bytes]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session,
            session.post(f"{self.url}/v1/enrol", data=io.BytesIO(body)) as response,
        ):
            return response.status, await response.read()

    async def enrol(self, code: str, requests: Requests | None = None) -> Papers:
        posted = self.sealed(code, requests)
        status, raw = await self.post(posted)
        assert status == 200, raw
        return open_answer(raw, posted, mac_key(self.entity, self.kit, code))
