"""OpenSSL's own measure of the national algorithms, by its command line; by processor time."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

SPEED = ("speed", "-mr", "-seconds", "1")


@dataclass(frozen=True, slots=True)
class Speed:
    """An openssl command that knows SM2, SM3 and SM4."""

    program: str

    @classmethod
    def find(cls) -> Speed | None:
        """Return the machine's, None where there is none."""
        program = shutil.which("openssl")
        found = cls(program) if program else None
        return found if found and found._run("-evp", "sm4-ctr", "-bytes", "16") else None

    def mb_per_s(self, algorithm: str, size: int) -> float:
        """Return megabytes a second on blocks of `size`."""
        return float(self._run("-evp", algorithm, "-bytes", str(size))[0]) / 1e6

    def sm2_per_s(self) -> tuple[float, float]:
        """Return signatures made and verified a second."""
        sign, verify = self._run("sm2")
        return float(sign), float(verify)

    def _run(self, *words: str) -> list[str]:
        run = subprocess.run([self.program, *SPEED, *words], capture_output=True, text=True, check=False)
        found = re.search(r"^\+F\d*:(?:\d+:){1,2}[^:\n]*:([0-9.:]+)$", run.stdout, re.MULTILINE)
        return found[1].split(":") if found else []
