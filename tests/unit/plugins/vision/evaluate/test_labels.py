"""Labels that are broken are refused by the name of their file, all at once, with what to do."""

from __future__ import annotations

import json

import pytest

from padkit_sdk import Refused
from padkit_vision.evaluate.labels import documents, pairs, sessions

GOOD = {"kind": "bank_card", "level": 1, "fields": {"number": "6225", "expiry": "08/31"}}


def broken(folder, text, look):
    folder.mkdir(exist_ok=True)
    (folder / "x.jpg").write_bytes(b"")
    (folder / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        look(folder)
    return str(refused.value)


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ("{", "truncated"),
        ("[]", "Expected `object`"),
        (json.dumps({**GOOD, "kind": "passport"}), "kind"),
        (json.dumps({"kind": "bank_card"}), "missing required field `fields`"),
        (json.dumps({**GOOD, "fields": {"number": 6225}}), "Expected `str`"),
        (json.dumps({**GOOD, "fields": {"holder": "x"}}), "bank_card has no holder; it has number, expiry"),
        (json.dumps({**GOOD, "fields": {}}), "write what the card shows"),
        (json.dumps({**GOOD, "level": -1}), "level"),
    ],
)
def test_a_broken_label_of_a_card_is_named(tmp_path, label, why):
    said = broken(tmp_path, label, documents)
    assert f"{tmp_path / 'x.json'}" in said
    assert why in said


def test_all_broken_labels_are_told_at_once_to_a_limit(tmp_path):
    for number in range(14):
        (tmp_path / f"{number:02}.png").write_bytes(b"")
        (tmp_path / f"{number:02}.json").write_text("{", encoding="utf-8")
    with pytest.raises(Refused, match=r"00\.json(.|\n)*09\.json(.|\n)*and 4 more"):
        documents(tmp_path)


def test_a_picture_without_a_label_is_named(tmp_path):
    (tmp_path / "y.png").write_bytes(b"")
    with pytest.raises(Refused, match=r"y\.png; write y\.json beside it"):
        documents(tmp_path)


@pytest.mark.parametrize("look", [documents, sessions, pairs])
def test_an_empty_folder_is_refused(tmp_path, look):
    with pytest.raises(Refused, match="nothing to evaluate"):
        look(tmp_path)


def test_pictures_of_every_form_are_found_below_the_folder(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in ("a.jpg", "b.JPEG", "deep/c.png", "d.webp", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
        (tmp_path / name).with_suffix(".json").write_text(json.dumps({**GOOD, "more": "keys are allowed"}))
    assert len(documents(tmp_path)) == 4


@pytest.mark.parametrize("name", ["gone.jpg", "../x.jpg", "/etc/hostname"])
def test_a_label_names_files_in_its_own_folder_only(tmp_path, name):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "x.jpg").write_bytes(b"")
    (inner / "a.jpg").write_bytes(b"")
    pair = {"face": "a.jpg", "portrait": name, "kind": "chip", "same": True}
    (inner / "p.json").write_text(json.dumps(pair))
    with pytest.raises(Refused, match=r"p\.json: .* is no file in its folder"):
        pairs(inner)


@pytest.mark.parametrize(
    ("label", "why"),
    [
        ({"attack": "", "steps": [], "frames": []}, "null for a living person"),
        ({"steps": []}, "attack"),
        ({"attack": None, "steps": [{"kind": "dance"}]}, "dance"),
        (
            {"attack": None, "steps": [], "frames": [{"file": "a", "at_s": 1.0}, {"file": "a", "at_s": 0.5}]},
            "at_s falls",
        ),
    ],
)
def test_a_broken_label_of_a_session_is_named(tmp_path, label, why):
    (tmp_path / "session.json").write_text(json.dumps(label))
    with pytest.raises(Refused, match=r"session\.json") as refused:
        sessions(tmp_path)
    assert why in str(refused.value)
