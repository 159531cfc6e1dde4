"""A driver that breaks a promise fails, and the message names device, step, expected, got."""

from __future__ import annotations


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
