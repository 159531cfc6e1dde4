"""Folders of labelled toy pictures, and the command run on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from padkit_vision.evaluate.cli import main

TOY = Path(__file__).parent / "toy"


@pytest.fixture
def put(tmp_path):
    """Write a toy picture that answers `answer`, with a label beside it."""

    def put(name, answer, **label):
        path = tmp_path / "pictures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(answer), encoding="utf-8")
        if label:
            path.with_suffix(".json").write_text(json.dumps(label, ensure_ascii=False), encoding="utf-8")
        return path

    return put


@pytest.fixture
def sitting(put, tmp_path):
    """Write a toy session of three frames that ends with `answer`."""

    def sitting(name, attack, answer, **more):
        frames = [{"file": f"{at}.jpg", "at_s": at / 10} for at in range(3)]
        for frame in frames:
            put(f"{name}/{frame['file']}", answer)
        label = {"attack": attack, "steps": [{"kind": "look"}], "frames": frames, **more}
        (tmp_path / "pictures" / name / "session.json").write_text(json.dumps(label), encoding="utf-8")

    return sitting


@pytest.fixture
def evaluate(tmp_path):
    """Run ``padkit-vision evaluate`` on the folder, with the toy."""

    def evaluate(what, *options):
        folder = tmp_path / "pictures"
        folder.mkdir(exist_ok=True)
        return CliRunner().invoke(main, ["evaluate", what, str(folder), "--plugin", str(TOY), *options])

    return evaluate
