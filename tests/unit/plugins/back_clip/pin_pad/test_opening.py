from __future__ import annotations

import pytest

from padkit_sdk import DeviceFault, LinkLost, Refused

USER_KEY = bytes.fromhex("1122334455667788")


def key_file(tmp_path, text="1122334455667788", mode=0o600):
    file = tmp_path / "user_key"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


async def test_a_keypad_at_the_usual_rate_is_put_in_order(desk):
    await desk.driver().start()
    assert desk.texts() == ["3", "5032", "5637", "532A"]
    assert not desk.pad.state(desk.at()).plain_input


@pytest.mark.parametrize("baud", [1200, 9600, 57_600])
async def test_a_slow_keypad_is_found_and_hurried(make_desk, baud):
    desk = make_desk(baud=baud)
    await desk.driver().start()
    assert desk.baud == desk.pad.state(desk.at()).baud == 115_200


async def test_a_keypad_that_takes_no_other_rate_stays_at_its_own(make_desk):
    desk = make_desk(baud=19_200)
    desk.fault("pin.code", nth=2, times=2)
    await desk.driver().start()
    assert desk.baud == desk.pad.state(desk.at()).baud == 19_200


async def test_no_answer_at_any_rate_is_a_lost_link(desk):
    desk.mute = True
    with pytest.raises(LinkLost, match="any rate from 1200 to 115200"):
        await desk.driver().start()


async def test_the_host_and_the_keypad_prove_themselves(make_desk, tmp_path):
    desk = make_desk(user_key=USER_KEY)
    await desk.driver(user_key_file=key_file(tmp_path)).start()
    assert desk.pad.state(desk.at()).authenticated


async def test_another_keypad_cannot_prove_itself(make_desk, tmp_path):
    desk = make_desk(user_key=bytes(8))
    with pytest.raises(DeviceFault) as caught:
        await desk.driver(user_key_file=key_file(tmp_path)).start()
    assert caught.value.raw == "E5"


@pytest.mark.parametrize("wrong", [{"text": "no key"}, {"mode": 0o644}])
async def test_a_key_file_that_is_no_key_or_open_to_others_is_refused(desk, tmp_path, wrong):
    with pytest.raises(Refused) as caught:
        await desk.driver(user_key_file=key_file(tmp_path, **wrong)).start()
    assert caught.value.reason == "setting.user_key_file"
    assert "no key\n" not in str(caught.value)


async def test_a_missing_key_file_and_a_setting_of_the_wrong_kind_are_refused(desk, tmp_path):
    with pytest.raises(Refused, match="FileNotFoundError"):
        await desk.driver(user_key_file=str(tmp_path / "none")).start()
    with pytest.raises(Refused, match="give the path"):
        desk.driver(user_key_file=7)
