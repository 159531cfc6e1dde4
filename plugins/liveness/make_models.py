"""Make the shipped face mesh from the file that was converted from MediaPipe's: `make_models.py SOURCE`, into ``dist/models``.

Each PRelu becomes what it is, a x + (1 - a) max(x, 0), as two convolutions of one point and a sum: for those the engine has
kernels in its own layout, for PRelu a slow one outside of it. A mesh takes half the time, and its points stay where they were to
`CLOSE_PX`, which is looked at. The weights are the same numbers.

Runs in the environment of `make models` (requirements/models.txt) and knows nothing of padkit.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

NAME = "face_landmark_468.onnx"
SOURCE_SHA256 = "b31fd2468e374dc4530fe572176a7f1728dc5098c36588ac5ac31d3337e7e0ea"
SHIPPED = Path(__file__).parent / "padkit_liveness" / "models" / NAME
OUT = Path(__file__).parents[2] / "dist" / "models" / NAME
TRIES, SEED, SIDE = 20, 1, 192
CLOSE_PX = 0.001


def main() -> None:
    """Make it, hold it against its source and the shipped file, and say so."""
    source = Path(sys.argv[1])
    found = hashlib.sha256(source.read_bytes()).hexdigest()
    if found != SOURCE_SHA256:
        sys.exit(f"{source}: sha256 {found}, not {SOURCE_SHA256}; give the converted file")
    model = onnx.load(source)
    nodes = [new for node in model.graph.node for new in _without_prelu(model.graph, node)]
    _put(model.graph, nodes)
    onnx.checker.check_model(model)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, OUT)
    apart = _apart(source, OUT)
    same = OUT.read_bytes() == SHIPPED.read_bytes()
    sys.stdout.write(f"{OUT}: {apart:.6f} px from its source; {'the shipped one' if same else 'NOT the shipped one'}\n")
    sys.exit(0 if same and apart <= CLOSE_PX else 1)


def _without_prelu(graph: onnx.GraphProto, node: onnx.NodeProto) -> Iterator[onnx.NodeProto]:
    if node.op_type != "PRelu":
        yield node
        return
    (x, slope), (out,) = node.input, node.output
    slopes = _constant(graph, slope).astype(np.float32).reshape(-1, 1, 1, 1)
    for name, factors in (("all", slopes), ("above", 1 - slopes)):
        graph.initializer.append(numpy_helper.from_array(factors, f"{out}/{name}"))
    by_channel = {"kernel_shape": [1, 1], "group": len(slopes)}
    yield helper.make_node("Relu", [x], [f"{out}/relu"])
    yield helper.make_node("Conv", [x, f"{out}/all"], [f"{out}/a"], **by_channel)
    yield helper.make_node("Conv", [f"{out}/relu", f"{out}/above"], [f"{out}/b"], **by_channel)
    yield helper.make_node("Add", [f"{out}/a", f"{out}/b"], [out])


def _put(graph: onnx.GraphProto, nodes: Sequence[onnx.NodeProto]) -> None:
    """Let `nodes` be all that the graph has, without what nobody uses any more: the slopes and their casts."""
    used = {name for node in nodes for name in node.input} | {it.name for it in graph.output}
    kept = [node for node in nodes if used & {*node.output}]
    used = {name for node in kept for name in node.input}
    held = [it for it in graph.initializer if it.name in used]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(kept)
    graph.initializer.extend(held)


def _constant(graph: onnx.GraphProto, name: str) -> np.ndarray:
    """What an input holds that is an initializer, or the cast of one."""
    cast = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast"}
    held = {it.name: it for it in graph.initializer}
    return numpy_helper.to_array(held[name if name in held else cast[name]])


def _apart(source: Path, made: Path) -> float:
    """The largest difference of both models' outputs on noise."""
    one, other = (onnxruntime.InferenceSession(str(it), providers=["CPUExecutionProvider"]) for it in (source, made))
    rng = np.random.default_rng(SEED)
    worst = 0.0
    for _ in range(TRIES):
        fed = {"input_1": rng.random((1, SIDE, SIDE, 3), dtype=np.float32)}
        worst = max(
            worst, *(float(np.abs(a - b).max()) for a, b in zip(one.run(None, fed), other.run(None, fed), strict=True))
        )
    return worst


if __name__ == "__main__":
    main()
