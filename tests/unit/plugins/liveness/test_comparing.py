from __future__ import annotations

import random

import cv2
import numpy as np
import pytest

from padkit_liveness.comparing import compare
from padkit_liveness.config import read_config
from padkit_sdk import AskAgain, HiddenBytes, Refused
from padkit_sdk.ports import Picture, Portrait
from padkit_sim.pictures.faces.acting import Actor
from padkit_sim.pictures.faces.head import head_of
from padkit_sim.pictures.faces.pairs import chip_photo, print_photo
from padkit_sim.pictures.faces.people import PEOPLE
from padkit_sim.pictures.faces.scene import Living

CONFIG = read_config({"alike_print": 0.3})


def of_chip(who):
    return Picture(HiddenBytes(chip_photo(who, random.Random(5))), "chip", 0.0)


@pytest.fixture
def face(picture):
    """A camera's frame of somebody."""

    def make(who):
        rng = random.Random(4)
        return picture(Living([(head_of(who), Actor(rng))], rng).seen(0.0))

    return make


@pytest.mark.parametrize("other", [0, 1])
def test_a_person_is_alike_to_his_own_photo_in_the_chip_and_to_nobody_elses(eyes, face, other):
    match = compare(eyes, CONFIG, face(PEOPLE[0]), of_chip(PEOPLE[other]), Portrait.CHIP)
    assert match.alike == (other == 0)
    assert match.score == pytest.approx(max(0.0, 1 - match.distance))
    assert "portrait.small" in match.reasons
    assert [use.name for use in match.models][-1] == "dlib_face_resnet_v1_fp16w"


def test_each_portrait_has_its_own_threshold(eyes, face):
    printed = Picture(HiddenBytes(print_photo(PEOPLE[0], random.Random(5))), "card", 0.0)
    match = compare(eyes, CONFIG, face(PEOPLE[0]), printed, Portrait.PRINT)
    assert (match.threshold, match.alike) == (0.3, True)


def test_the_same_picture_has_no_distance(eyes, face):
    assert compare(eyes, CONFIG, face(PEOPLE[2]), face(PEOPLE[2]), Portrait.ONLINE).score == 1.0


def test_a_portrait_that_is_all_face_is_found(eyes, picture, portrait):
    (head,) = eyes.people(portrait)
    tight = portrait[int(head.top - 12) : int(head.top + head.height), int(head.left) : int(head.left + head.width)]
    assert compare(eyes, CONFIG, picture(portrait), picture(np.ascontiguousarray(tight)), Portrait.CHIP).score > 0.6


def test_no_face_or_several_are_told_apart(eyes, face, picture):
    somebody = face(PEOPLE[0])
    nobody = picture(np.full((200, 200, 3), 128, np.uint8))
    pixels = cv2.imdecode(np.frombuffer(somebody.data.data, np.uint8), cv2.IMREAD_COLOR)
    several = picture(np.hstack((pixels, pixels)))
    for asked, hint in ((nobody, "face.none"), (several, "face.many")):
        with pytest.raises(AskAgain) as again:
            compare(eyes, CONFIG, asked, somebody, Portrait.CHIP)
        assert again.value.hint == hint
    for given, reason in ((nobody, "portrait.none"), (several, "portrait.many")):
        with pytest.raises(Refused) as refused:
            compare(eyes, CONFIG, somebody, given, Portrait.CHIP)
        assert refused.value.reason == reason
