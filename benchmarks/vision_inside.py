"""The inside of `benchmarks.vision`: our drivers, opened as a worker opens them; answers JSON lines with times in ms.

``{"do": "read", "pictures": […], "at_once": n}`` reads n pictures at a time; ``sittings`` and ``pairs`` take labelled folders.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from padkit_sdk import PadkitError
from padkit_sdk.ports import DocumentReader, Picture
from padkit_sdk.secrets import HiddenBytes
from padkit_vision.evaluate import documents, faces, labels, sittings
from padkit_vision.evaluate.judged import Desk, Wanted

READ_S = 60.0
MS = 1000.0
Answer = dict[str, object]


async def read_all(reader: DocumentReader, request: Mapping[str, Any]) -> list[Answer]:
    """Read the pictures, so many at once; each answer has ms from when it was asked, and the fields or the error."""
    answers: list[Answer] = []
    pictures: Sequence[str] = request["pictures"]
    at_once: int = request["at_once"]
    for first in range(0, len(pictures), at_once):
        answers += await asyncio.gather(*(_read(reader, it) for it in pictures[first : first + at_once]))
    return answers


async def _read(reader: DocumentReader, path: str) -> Answer:
    data = HiddenBytes(await asyncio.to_thread(Path(path).read_bytes))
    began_s = time.perf_counter()
    fields: dict[str, str] = {}
    asked = ""
    try:
        picture = Picture(data, "bench", began_s)
        reading = await reader.read(picture, timeout_s=READ_S)
        fields = {it.name: it.text.text for it in reading.fields}
    except PadkitError as exc:
        asked = documents.named(exc)
    return {"ms": (time.perf_counter() - began_s) * MS, "fields": fields, "asked": asked}


def main() -> None:
    """Answer until the input ends."""
    plugin, port = sys.argv[1:]
    with Desk(Wanted(plugin, port)) as desk:
        for line in sys.stdin:
            request = json.loads(line)
            match request["do"]:
                case "read":
                    answer: object = desk.try_out(read_all, request)
                case "sittings":
                    cases = [sittings.Sitting(*it) for it in labels.sessions(Path(request["folder"]))]
                    sat = [desk.try_out(sittings.sit, case) for case in cases]
                    answer = {"ms": [ms for it in sat for ms in it.ms], "errors": [it.error for it in sat if it.error]}
                case _:
                    pairs = [faces.Pair(*it) for it in labels.pairs(Path(request["folder"]))]
                    compared = [desk.try_out(faces.compare, case) for case in pairs]
                    times = [it.took_s * MS for it in compared if not it.error]
                    answer = {"ms": times, "errors": [it.error for it in compared if it.error]}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
