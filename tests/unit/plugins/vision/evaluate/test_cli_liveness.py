"""The evaluation of liveness, counted on a toy whose frames say its verdict."""

from __future__ import annotations

import json

LAYERS = {"challenge": "passed", "flash": "failed", "passive": "not_available"}


def told(ran):
    return json.loads(ran.stdout)


def measured(ran):
    return {(it["measure"], it["group"]): it["value"] for it in told(ran)["measures"]}


def test_each_kind_of_attack_has_its_rate_and_the_worst_is_named(sitting, evaluate):
    for number, score in enumerate((0.9, 0.4, 0.3, 0.2)):
        sitting(f"print{number}", "print", {"score": score})
    for number, score in enumerate((0.9, 0.8, 0.1, 0.1)):
        sitting(f"screen{number}", "screen", {"score": score})
    for number, score in enumerate((0.9, 0.7, 0.6, 0.4, 0.8)):
        sitting(f"live{number}", None, {"score": score})
    ran = evaluate("liveness", "--json", "--goal", "apcer=0.6", "--goal", "bpcer=0.2", "--goal", "apcer_worst=0.5")
    found = measured(ran)
    assert ran.exit_code == 0
    assert (found["apcer", "print"], found["apcer", "screen"], found["bpcer", ""]) == (0.25, 0.5, 0.2)
    assert (found["apcer_worst", "screen"], found["acer", ""]) == (0.5, 0.35)
    notes = told(ran)["notes"]
    assert any("The worst attack apcer:screen 0.5 (2 of 4)" in it for it in notes)
    assert any("relay" in it for it in notes) and any("plays the challenge correctly" in it for it in notes)


def test_another_threshold_judges_the_scores_but_lifts_no_veto(sitting, evaluate):
    sitting("a", "print", {"score": 0.45})
    sitting("b", "print", {"score": 0.9, "live": False})
    sitting("c", None, {"score": 0.9})
    assert measured(evaluate("liveness", "--json"))["apcer", "print"] == 0
    assert measured(evaluate("liveness", "--json", "--threshold", "0.4"))["apcer", "print"] == 0.5
    assert measured(evaluate("liveness", "--json", "--threshold", "0.95"))["bpcer", ""] == 1


def test_each_layer_alone_is_shown_and_what_was_not_available_is_no_pass(sitting, evaluate):
    sitting("a", "screen", {"score": 0.1, "layers": LAYERS})
    sitting("b", None, {"score": 0.9, "layers": {**LAYERS, "flash": "inconclusive"}})
    ran = evaluate("liveness", "--json")
    rows = {(row["layer"], row["attack"]): row for row in told(ran)["tables"]["layers"]}
    assert (rows["challenge", "screen"]["count"], rows["flash", "screen"]["count"]) == (1, 0)
    assert (rows["passive", "screen"]["of"], rows["passive", "screen"]["not_available"]) == (0, 1)
    assert (rows["flash", "live"]["count"], rows["flash", "live"]["inconclusive"]) == (1, 1)
    assert any(it.endswith("passive (2 of 2)") for it in told(ran)["notes"])


def test_without_a_verdict_a_person_is_refused_and_an_attack_not_counted(sitting, evaluate):
    sitting("a", None, {"fault": "vision.engine"})
    sitting("b", None, {"score": 0.9})
    sitting("c", "print", {"fault": "vision.engine"})
    sitting("d", "print", {"score": 0.9})
    found = measured(evaluate("liveness", "--json"))
    assert (found["bpcer", ""], found["apcer", "print"]) == (0.5, 1.0)


def test_a_frame_that_is_refused_is_told_and_the_sitting_goes_on(sitting, put, evaluate):
    sitting("a", None, {"score": 0.9})
    put("a/1.jpg", {"refuse": "face.time"})
    ran = evaluate("liveness", "--json")
    assert measured(ran)["bpcer", ""] == 0
    assert told(ran)["tables"]["errors"] == [{"attack": "live", "outcome": "frames refused", "count": 1}]


def test_generated_sessions_are_called_synthetic(sitting, evaluate):
    sitting("a", None, {"score": 0.9}, seed=3)
    assert any("Synthetic, not ISO/IEC 30107-3" in it for it in told(evaluate("liveness", "--json"))["notes"])


def test_a_folder_with_its_label_beside_it_and_no_more_than_the_attack_is_a_sitting(put, evaluate, tmp_path):
    for name, attack, score in (("one", None, 0.9), ("two", "print", 0.8)):
        for frame in ("0001.jpg", "0002.png"):
            put(f"{name}/{frame}", {"score": score})
        (tmp_path / "pictures" / f"{name}.json").write_text(json.dumps({"attack": attack}), encoding="utf-8")
    out = tmp_path / "report"
    ran = evaluate("liveness", "--json", "--report", str(out))
    assert (measured(ran)["bpcer", ""], measured(ran)["apcer", "print"]) == (0, 1)
    assert any("names no steps" in it and it.endswith("2 of 2") for it in told(ran)["notes"])
    assert len(list((out / "pictures").iterdir())) == 2  # the frames of the attack that passed


def test_the_report_shows_failed_frames_and_the_curve(sitting, evaluate, tmp_path):
    sitting("a", "mask", {"score": 0.9})
    sitting("b", None, {"score": 0.8})
    out = tmp_path / "report"
    evaluate("liveness", "--report", str(out))
    assert sorted(it.name for it in (out / "pictures").iterdir()) == ["0000-0.jpg", "0000-1.jpg", "0000-2.jpg"]
    assert "mask" in (out / "det.svg").read_text(encoding="utf-8")
    assert "DET curve" in (out / "report.html").read_text(encoding="utf-8")


def test_a_video_is_played_frame_by_frame(evaluate, tmp_path):
    import cv2
    import numpy as np

    folder = tmp_path / "pictures"
    folder.mkdir()
    writer = cv2.VideoWriter(str(folder / "x.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (64, 48))
    for shade in range(3):
        writer.write(np.full((48, 64, 3), shade * 80, np.uint8))
    writer.release()
    (folder / "x.json").write_text('{"attack": null, "steps": []}')
    ran = evaluate("liveness", "--json")  # the toy takes no true picture: it says so of the session, by name
    assert told(ran)["tables"]["errors"][0]["outcome"].startswith("UnicodeDecodeError")
