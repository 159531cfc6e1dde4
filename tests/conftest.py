"""How hypothesis works for us: no deadline on a shared machine, few examples where every run is paid for."""

from __future__ import annotations

import os

from hypothesis import settings

FEW = 25

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, max_examples=FEW, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
