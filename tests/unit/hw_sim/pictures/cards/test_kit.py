"""The demo's shipped pictures are the very people of its identity reader, as the command draws them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import padkit_sim
from padkit_sim.cli import main
from padkit_sim.kitfile import find_kit_file, load
from padkit_sim.pictures.cards.kit import printable

pytestmark = pytest.mark.usefixtures("fonts")
SHIPPED = Path(padkit_sim.__file__).parent / "kits" / "pictures"
MAX_BYTES = 120_000


def read(path: Path) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR).astype(np.float32)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command writes for the demo kit."""
    folder = tmp_path_factory.mktemp("kit")
    done = CliRunner().invoke(main, ["pictures", "kit", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


def test_the_shipped_pictures_are_those_that_the_command_draws(drawn: Path) -> None:
    pictures = {path.name: path for path in drawn.glob("*.jpg")}
    assert {path.name for path in SHIPPED.iterdir()} == set(pictures)
    for name, path in pictures.items():
        assert (SHIPPED / name).stat().st_size < MAX_BYTES
        assert np.abs(read(SHIPPED / name) - read(path)).mean() < 2, name  # another JPEG library may round differently


def test_they_are_the_people_of_the_kit(drawn: Path) -> None:
    people = dict(printable(load(find_kit_file("demo"))))
    assert list(people) == ["test_a", "test_b", "test_elder"]  # no font has test_c's private characters
    for name, person in people.items():
        right, wrong = (
            json.loads((drawn / f"front-{name}{end}.json").read_text(encoding="utf-8")) for end in ("", "-swapped")
        )
        assert right["chip"] == wrong["chip"] == person.chip()
        assert right["fields"]["number"] == person.number
        assert wrong["fields"]["number"] != person.number
        assert {**right["fields"], "number": ""} == {**wrong["fields"], "number": ""}


def test_a_kit_without_such_a_reader_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bare.toml"
    file.write_text('[kit]\nname = "bare"\nseed = 1\n', encoding="utf-8")
    done = CliRunner().invoke(main, ["pictures", "kit", str(tmp_path), "--kit", str(file)])
    assert done.exit_code == 2
    assert "no identity reader" in done.output
