"""RapidOCR's default pipeline, run in an environment of its own (``.venv-models``): answers JSON lines with times in ms.

``{"pictures": [path, …]}`` gives for each the milliseconds from the encoded bytes to the lines, and the lines.
Nothing of its settings is changed but the number of threads and the log.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

MS = 1000.0


def main() -> None:
    """Answer until the input ends."""
    from rapidocr import RapidOCR  # type: ignore[import-not-found]  # of its own environment

    threads = int(sys.argv[1])
    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": threads,
        }
    )
    for line in sys.stdin:
        answers = []
        for path in json.loads(line)["pictures"]:
            data = Path(path).read_bytes()
            began_s = time.perf_counter()
            found = engine(data)
            ms = (time.perf_counter() - began_s) * MS
            boxes = [] if found.boxes is None else found.boxes.tolist()
            answers.append({"ms": ms, "lines": list(zip(boxes, found.txts or (), strict=False))})
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
