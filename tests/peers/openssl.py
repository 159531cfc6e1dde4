"""Debian's `openssl` program in a folder of its own: what a partner types, with the files he would have."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from ends import pkcs8
from programs import OPENSSL, program

from padkit_contract import pem
from padkit_contract.crypto import SoftwareKey
from padkit_contract.x509 import Certificate

DEFAULT_ID = "distid:1234567812345678"  # GM/T 0009; OpenSSL 3.0 takes an empty one unless told


@dataclass(frozen=True)
class OpenSsl:
    """One run at a time; files are named relative to `folder`."""

    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run one command and return how it ended, whatever that is."""
        command = (program("openssl", OPENSSL), *arguments)
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=False)

    def must(self, *arguments: str) -> bytes:
        """Return what a command that has to succeed printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def put(self, name: str, content: bytes | str) -> str:
        """Write a file and return its name."""
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def put_certificate(self, name: str, *certificates: Certificate) -> str:
        """Write certificates as PEM."""
        return self.put(name, "".join(pem.write(pem.CERTIFICATE, certificate.der) for certificate in certificates))

    def put_key(self, name: str, key: SoftwareKey) -> str:
        """Write a key in clear, as `openssl` takes it. TEST ONLY."""
        return self.put(name, pem.write("PRIVATE KEY", pkcs8(key)))
