"""A store's writer whose process dies at a chosen commit: before it is on disk, or just after."""

from __future__ import annotations

import os
import signal
import sqlite3

from padkit_agent.store.writer import Writer


class Dying(Writer):
    """`how` is ``before``, ``after`` or ``never``; `at` counts commits from 1."""

    how, at, commits = "never", 0, 0

    def commit(self, connection: sqlite3.Connection) -> None:
        cls = type(self)
        cls.commits += 1
        if (cls.how, cls.at) == ("before", cls.commits):
            os.kill(os.getpid(), signal.SIGKILL)
        super().commit(connection)
        if (cls.how, cls.at) == ("after", cls.commits):
            os.kill(os.getpid(), signal.SIGKILL)
