"""OpenSSL's own measure of SM4, by its command line."""

from __future__ import annotations

import re
import shutil
import subprocess

SPEED = ("speed", "-mr", "-seconds", "1", "-evp", "sm4-ctr", "-bytes")


def sm4_ctr_mb_per_s(size: int) -> float | None:
    """Return megabytes a second of processor time in SM4-CTR on blocks of `size`; None where there is no such command."""
    program = shutil.which("openssl")
    if program is None:
        return None
    run = subprocess.run([program, *SPEED, str(size)], capture_output=True, text=True, check=False)
    found = re.search(r"^\+F:\d+:[^:]*:([0-9.]+)$", run.stdout, re.MULTILINE)
    return float(found[1]) / 1e6 if found else None
