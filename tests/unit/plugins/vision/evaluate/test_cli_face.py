"""The evaluation of face pairs, counted on a toy whose faces say their score."""

from __future__ import annotations

import json


def measured(ran):
    return {(it["measure"], it["group"]): it["value"] for it in json.loads(ran.stdout)["measures"]}


def pair(put, name, score, portrait, *, same):
    answer = score if isinstance(score, dict) else {"score": score}
    face, other = f"{name}-f.jpg", f"{name}-p.jpg"
    put(face, answer)
    put(other, {})
    put(f"{name}.jpg", {}, face=face, portrait=other, kind=portrait, same=same)


def test_false_matches_and_non_matches_are_counted_by_portrait(put, evaluate):
    for number, score in enumerate((0.9, 0.8, 0.5, 0.7)):
        pair(put, f"same{number}", score, "chip", same=True)
    for number, score in enumerate((0.1, 0.65)):
        pair(put, f"other{number}", score, "chip", same=False)
    pair(put, "print", 0.2, "print", same=True)
    ran = evaluate("face", "--json", "--goal", "fmr:chip=0.5", "--goal", "fnmr:chip=0.25")
    found = measured(ran)
    assert ran.exit_code == 0
    assert (found["fmr", "chip"], found["fnmr", "chip"], found["fnmr", "print"]) == (0.5, 0.25, 1.0)
    assert measured(evaluate("face", "--json", "--threshold", "0.7"))["fmr", "chip"] == 0


def test_a_pair_without_a_score_is_no_match(put, evaluate):
    pair(put, "a", {"ask": "face.none"}, "chip", same=True)
    pair(put, "b", 0.9, "chip", same=True)
    ran = evaluate("face", "--json")
    assert measured(ran)["fnmr", "chip"] == measured(ran)["no_score", "chip"] == 0.5
    assert json.loads(ran.stdout)["tables"]["errors"][0]["outcome"] == "AskAgain face.none"
