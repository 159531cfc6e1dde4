"""A driver that breaks a promise fails, and the message names device, step, expected, got."""

from __future__ import annotations

from pathlib import Path

WRONG = Path(__file__).parent / "wrong"


def expect_told(ran, *, device, step, expected, got):
    assert ran.code == 1, ran.said
    said = ran.said.splitlines()
    for line in (f"  device    {device} at ", f"  step      {step}", f"  expected  {expected}", f"  got       {got}"):
        assert any(line in one for one in said), f"no line {line!r} in\n{ran.said}"


def test_a_retract_that_feeds_is_noticed(run_wrong):
    ran = run_wrong("retracts-by-feeding", "test_card_dispenser", "-k", "capture_raises")
    expect_told(
        ran,
        device="retracts-by-feeding",
        step="move to BIN with a card at gate",
        expected="no card left the hopper",
        got="card 000002 did",
    )
    assert "promises  1 kept, 1 broken, 0 not asked" in ran.said


def test_a_prepare_that_ejects_is_noticed(run_wrong):
    ran = run_wrong("ejects-in-prepare", "test_card_dispenser", "-k", "prepare_leaves_a_card_inside")
    expect_told(
        ran,
        device="ejects-in-prepare",
        step="prepare with a card inside",
        expected="card: CardPlace.INSIDE",
        got="CardPlace.GATE",
    )


def test_a_motion_repeated_for_want_of_patience_is_noticed(run_wrong):
    ran = run_wrong("stages-again", "test_card_dispenser_trouble", "-k", "stage_over_a_bad_wire and pieces")
    expect_told(
        ran,
        device="stages-again",
        step="status after stage with link.split",
        expected="1 cards fed at most",
        got="2: 000001, 000002",
    )


def test_an_error_outside_the_family_is_noticed(run_wrong):
    ran = run_wrong("lets-errors-through", "test_device", "-k", "self_test_names")
    expect_told(
        ran,
        device="lets-errors-through",
        step="self_test",
        expected="no error but those of padkit_sdk.errors",
        got="KeyError: 'box.sensors', raised at ",
    )


def test_an_invented_record_is_noticed(run_wrong):
    ran = run_wrong("invents-records", "test_identity_card_reader", "-k", "empty_reader")
    expect_told(
        ran,
        device="invents-records",
        step="read an empty reader for 3 s",
        expected="AskAgain idcard.not_found",
        got="no error, it returned IdentityCard(",
    )
    assert "测试戊" not in ran.said
    assert "999999199003071234" not in ran.said


def test_a_driver_that_does_not_open_is_told_before_anything_is_tested(run_wrong):
    ran = run_wrong("mute", "test_device")
    assert ran.code == 4
    assert "step      open the driver" in ran.said
    assert "got       LinkLost: card box bench: no answer at 38400 baud; check cable" in ran.said


def test_a_reader_that_keeps_a_picture_is_noticed(run_kit):
    ran = see(run_kit, "keeps-pictures", "test_document_reader", "no_picture_is_kept")
    expect_told(
        ran,
        device="keeps-pictures",
        step="read, and look who still holds the picture",
        expected="holders of the picture beside the test: 0",
        got="1",
    )


def test_a_reader_that_reads_what_is_no_card_is_noticed(run_kit):
    ran = see(run_kit, "reads-anything", "test_document_reader", "without_a_card")
    expect_told(ran, device="reads-anything", step="read a plain picture", expected="a hint document.*", got="no error")


def test_a_sitting_that_outlives_its_successor_is_noticed_and_nothing_else(run_kit):
    ran = see(run_kit, "forgets-no-sitting", "test_face_checker", "")
    expect_told(
        ran,
        device="forgets-no-sitting",
        step="frame and finish of a session that is replaced",
        expected="Refused face.session",
        got="no error, it returned FrameView(",
    )
    assert ", 1 broken, 0 not asked" in ran.said


def see(run_kit, model, module, which):
    """Run a module against a wrong driver that needs no wire."""
    named = ("--padkit-plugin", str(WRONG), "--padkit-model", model, "-k", which)
    return run_kit(*named, module=module, simulated=False)
