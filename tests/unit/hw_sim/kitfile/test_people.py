"""The invented people of a kit file."""

from __future__ import annotations

import pytest

from padkit_sim.devices.identity_reader import Foreigner2017, Foreigner2023, Permit, ReaderSettings, Resident
from padkit_sim.errors import SimRefused
from padkit_sim.kitfile import find_kit_file, load, parse

HEAD = '[kit]\nname = "toy"\n[[device]]\nid = "reader"\ntype = "identity_reader"\n[[device.person]]\n'
GOOD = {
    "id": "test_a",
    "layout": "resident",
    "name": "测试甲",
    "sex": "1",
    "birth": "19900307",
    "address": "虚构路1号",
    "number": "999999199003071234",
    "issuer": "样例局",
    "valid_from": "20200101",
    "valid_to": "20400101",
}


def person(**changes):
    lines = {**GOOD, **changes}
    return HEAD + "".join(f'{key} = "{value}"\n' for key, value in lines.items() if value is not None)


def people(text):
    (reader,) = parse(text, "toy.toml").devices
    assert isinstance(reader.settings, ReaderSettings)
    return reader.settings.people


def test_a_citizen_is_read_with_defaults():
    (one,) = people(person())
    assert isinstance(one.document, Resident)
    assert (one.id, one.fingers, one.new_address, one.document.nation) == ("test_a", 1, "", "01")


def test_the_demonstration_kit_has_all_kinds_of_people():
    reader = load(find_kit_file("demo")).devices[1]
    assert isinstance(reader.settings, ReaderSettings)
    by_id = {one.id: one for one in reader.settings.people}
    assert {type(one.document) for one in by_id.values()} == {Resident, Permit, Foreigner2017, Foreigner2023}
    names = [one.document.name for one in by_id.values()]
    assert any("·" in name for name in names)
    assert any("\ue863" in name for name in names)
    assert any(getattr(one.document, "valid_to", "") == "长期" for one in by_id.values())
    assert {one.fingers for one in by_id.values()} == {0, 1, 2}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"number": "110101199003071234"}, "give an invented number that begins with 999999"),
        ({"number": "999999199003071235"}, "its check character is 4; correct the last place"),
        ({"number": "12"}, "give 17 digits and a check character"),
        ({"sex": "3"}, "device[0].person[0].sex = '3': give 0 unknown, 1 male"),
        ({"birth": "1990-03-07"}, "give a date as YYYYMMDD"),
        ({"valid_to": "forever"}, "give a date as YYYYMMDD, or 长期"),
        ({"layout": "alien"}, "give one of resident, permit, foreigner_2017, foreigner_2023"),
        ({"name": None}, "device[0].person[0].name = missing: give text"),
        ({"name": "长" * 16}, "has more than 15 characters; shorten it"),
        ({"new_address": "长" * 36}, "give at most 35 characters"),
        ({"pass_number": "H1"}, "toy.toml:17: device[0].person[0].pass_number = 'H1': unknown key"),
        ({"id": "Test A"}, "give a short name of a-z, 0-9 and _"),
    ],
)
def test_a_person_that_cannot_be_is_refused(changes, message):
    with pytest.raises(SimRefused) as caught:
        parse(person(**changes), "toy.toml")
    assert message in str(caught.value)
