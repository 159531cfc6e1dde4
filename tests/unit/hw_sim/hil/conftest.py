"""The project beside this file is somebody else's: `test_pytest_plugin` runs it, in a process of its own."""

from __future__ import annotations

collect_ignore = ["project"]
