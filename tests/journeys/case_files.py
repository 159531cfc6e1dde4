"""What a kit keeps of its newest flow: journal and files, read from a copy of its store while its agent runs on."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from journey import Journey

from padkit_agent.config import load_settings
from padkit_agent.core.flow import Flow
from padkit_agent.store import KeptFile, KitStore
from padkit_agent.store.vault import binding_of, look
from padkit_contract.crypto import choose_suite
from padkit_sim.demo import files

PDF, SERIES = "application/pdf", "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Kept:
    """A flow as its journal has it, its events, and its files with their contents."""

    flow: Flow
    events: tuple[Mapping[str, Any], ...]
    actions: tuple[str, ...]
    files: tuple[tuple[KeptFile, bytes], ...]

    def of(self, item: str, media: str) -> list[tuple[KeptFile, bytes]]:
        """The files of one evidence type and media type, the oldest first."""
        return [(file, data) for file, data in self.files if (file.type, file.media) == (item, media)]


def silent(_event: str, /, **_fields: object) -> None:
    """Log nothing."""


async def newest(journey: Journey) -> Kept:
    """Read what the kit keeps of its newest flow."""
    keys = load_settings(journey.folder / files.AGENT).keys
    kit = journey.world.children["kit"].ready["env"]
    binding = binding_of(keys, choose_suite(allow_pure=True, log=silent), kit, secrets.token_bytes)
    vault = look(keys.data_key, binding, secrets.token_bytes)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("kit.db", "kit.db-wal"):
            if (journey.folder / name).exists():
                shutil.copyfile(journey.folder / name, Path(folder) / name)
        store = KitStore.open(Path(folder) / "kit.db", vault, max_mb=64)
        try:
            return await _read(store)
        finally:
            store.close()


async def _read(store: KitStore) -> Kept:
    flow_id = (await store.heads(open_only=False))[-1].flow_id
    steps = await store.steps(flow_id)
    kept = [(file, await store.files.read(flow_id, file.sm3)) for file in await store.files.of(flow_id)]
    return Kept(
        msgspec.json.decode(steps[-1].flow, type=Flow),
        tuple(msgspec.json.decode(step.event) for step in steps),
        tuple(step.action for step in steps),
        tuple(kept),
    )
