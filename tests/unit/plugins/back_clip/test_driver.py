from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from padkit_back_clip.driver import SamReader
from padkit_back_clip.protocol import Status
from padkit_sdk import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import Check, DeviceIdentity, DocumentKind

NUMBER = "05.01-20131016-0001234567-0089012345"
CARD_FAULTS = {
    Status.SELF_TEST: "reader.self_test",
    Status.NOT_AUTHORISED: "reader.not_authorised",
}


def open_on(module, **settings) -> SamReader:
    return SamReader(module, module.context(**settings))


async def test_a_card_is_read(ready, person, block):
    card = await open_on(ready).read(fingerprint=False, timeout_s=10)
    assert card.kind is DocumentKind.RESIDENT
    assert (card.name.text, card.number.text) == (person["name"], person["number"])
    assert (card.raw_text.data, len(card.photo.data), card.fingerprint.data) == (block, 1024, b"")
    assert (card.module_number, card.latest_address.text, card.picture.data) == (NUMBER, "", b"")
    assert ready.asked() == ["12 FF", "20 01", "20 02", "30 01", "30 03"]


async def test_every_field_of_the_person_reaches_the_card(module, ready, reply, card_data, build_block):
    fields = ((0, "名"), (30, "2"), (36, "19850520"), (52, "址"), (122, "810000198505200022"), (158, "局"))
    permit = ((188, "20210101"), (204, "长期"), (220, "H12345678"), (238, "02"), (248, "J"))
    module.says("30 01", reply(0x90, card_data(text=build_block(*fields, *permit))))
    card = await open_on(module).read(fingerprint=False, timeout_s=10)
    assert (card.sex, card.birth_date, card.address.text, card.issuer) == ("2", "1985-05-20", "址", "局")
    assert (card.valid_from, card.valid_to, card.long_term) == ("2021-01-01", "", True)
    assert (card.permit_number.text, card.issue_count) == ("H12345678", "02")


async def test_a_card_is_read_with_its_fingerprint(ready):
    card = await open_on(ready).read(fingerprint=True, timeout_s=10)
    assert card.fingerprint.data == b"C" + bytes(511)
    assert "30 01" not in ready.asked()


async def test_the_newest_address_is_read(ready, reply):
    ready.says("30 03", reply(0x90, "新址1号".ljust(35).encode("utf-16-le")))
    card = await open_on(ready).read(fingerprint=False, timeout_s=10)
    assert card.latest_address.text == "新址1号"


async def test_the_address_is_not_asked_for_when_the_kit_profile_says_so(ready):
    await open_on(ready, appended_address=False).read(fingerprint=False, timeout_s=10)
    assert ready.asked()[-1] == "30 01"


async def test_the_module_number_is_asked_once(ready):
    reader = open_on(ready)
    await reader.read(fingerprint=False, timeout_s=10)
    await reader.read(fingerprint=False, timeout_s=10)
    assert ready.asked().count("12 FF") == 1
    assert ready.asked().count("20 01") == 2


async def test_a_card_laid_on_later_is_found(ready, reply):
    ready.says("20 01", *[reply(0x80)] * 7, reply(0x9F, bytes(4)))
    card = await open_on(ready).read(fingerprint=False, timeout_s=10)
    assert card.module_number == NUMBER


async def test_looks_are_200_to_300_ms_apart(ready, reply):
    ready.says("20 01", *[reply(0x80)] * 7, reply(0x9F, bytes(4)))
    await open_on(ready).read(fingerprint=False, timeout_s=10)
    looks_s = [at_s for at_s, asked in zip(ready.sent_at_s, ready.asked(), strict=True) if asked == "20 01"]
    gaps_s = [later - earlier for earlier, later in pairwise(looks_s)]
    assert gaps_s
    assert all(0.2 <= gap_s <= 0.3 for gap_s in gaps_s)


async def test_no_card_in_time_asks_again_inside_the_deadline(ready, reply):
    ready.says("20 01", reply(0x80))
    begun_s = ready.now_s
    with pytest.raises(AskAgain) as asked:
        await open_on(ready).read(fingerprint=False, timeout_s=5)
    assert asked.value.hint == "idcard.not_found"
    assert 4 <= ready.now_s - begun_s <= 5


async def test_a_silent_reader_is_not_blamed_on_the_person(ready):
    ready.says("20 01", [])
    with pytest.raises(OutcomeUnknown):
        await open_on(ready).read(fingerprint=False, timeout_s=5)


async def test_a_failed_read_is_retried_once_from_find(ready, reply, card_data):
    ready.says("30 01", reply(0x41), reply(0x90, card_data()))
    await open_on(ready, appended_address=False).read(fingerprint=False, timeout_s=10)
    assert ready.asked()[1:] == ["20 01", "20 02", "30 01"] * 2


@pytest.mark.parametrize(("command", "status"), [("20 02", 0x81), ("30 01", 0x41), ("30 01", 0x80)])
async def test_a_card_lost_twice_asks_to_lay_it_on_again(command, status, ready, reply):
    ready.says(command, reply(status))
    with pytest.raises(AskAgain) as asked:
        await open_on(ready).read(fingerprint=False, timeout_s=10)
    assert asked.value.hint == "idcard.removed"
    assert ready.asked().count(command) == 2


async def test_a_card_taken_away_while_reading_asks_to_lay_it_on_again(ready, reply):
    ready.says("20 01", reply(0x9F, bytes(4)), reply(0x80)).says("30 01", reply(0x41))
    with pytest.raises(AskAgain) as asked:
        await open_on(ready).read(fingerprint=False, timeout_s=30)
    assert asked.value.hint == "idcard.removed"
    assert ready.asked().count("20 01") == 4


async def test_a_card_taken_away_shortly_before_the_deadline_was_removed(ready, reply):
    ready.says("20 01", reply(0x9F, bytes(4)), reply(0x80)).says("30 01", reply(0x41))
    with pytest.raises(AskAgain) as asked:
        await open_on(ready).read(fingerprint=False, timeout_s=0.7)
    assert asked.value.hint == "idcard.removed"


@pytest.mark.parametrize("status", [0x21, 0x41])
async def test_an_old_module_is_read_without_fingerprint(status, ready, reply):
    ready.says("30 10", reply(status))
    card = await open_on(ready).read(fingerprint=True, timeout_s=30)
    assert card.fingerprint.data == b""
    assert ready.asked().count("30 01") == 1


@pytest.mark.parametrize("command", ["20 01", "20 02", "30 01"])
@pytest.mark.parametrize("status", [0x23, 0x24, 0x31, 0x32, 0x33, 0x40, 0x47, 0x60, 0x66, 0x7E, 0x91])
async def test_a_refusal_at_any_step_is_a_fault_with_its_code(command, status, ready, reply):
    ready.says(command, reply(status))
    with pytest.raises(DeviceFault) as refused:
        await open_on(ready).read(fingerprint=False, timeout_s=10)
    known = Status.of(bytes([0, 0, status]))
    expected = "reader.unknown" if known is Status.UNKNOWN else CARD_FAULTS.get(known, "reader.refused")
    assert (refused.value.fault, refused.value.raw) == (expected, f"00 00 {status:02X}")


async def test_a_silent_module_behind_its_controller_is_an_unknown_fault(ready, frame):
    ready.says("20 01", frame(b"\x05\x05\x05"))
    with pytest.raises(DeviceFault) as refused:
        await open_on(ready).read(fingerprint=False, timeout_s=10)
    assert (refused.value.fault, refused.value.raw) == ("reader.unknown", "05 05 05")


async def test_a_wrong_number_on_the_card_is_a_fault(ready, reply, card_data, build_block):
    ready.says("30 01", reply(0x90, card_data(text=build_block((122, "999999199003071235")))))
    with pytest.raises(DeviceFault) as refused:
        await open_on(ready).read(fingerprint=False, timeout_s=10)
    assert refused.value.fault == "idcard.number_check"


async def test_lengths_that_do_not_add_up_are_a_bad_frame(ready, reply):
    ready.says("30 01", reply(0x90, b"\x01\x00\x04\x00" + bytes(100)))
    with pytest.raises(BadFrame, match="add up"):
        await open_on(ready).read(fingerprint=False, timeout_s=10)


async def test_too_little_time_for_the_read_is_an_unknown_outcome(ready):
    ready.says("30 01", [])
    begun_s = ready.now_s
    with pytest.raises(OutcomeUnknown):
        await open_on(ready).read(fingerprint=False, timeout_s=1.5)
    assert ready.now_s - begun_s == pytest.approx(1.5)


async def test_a_lost_link_passes_through(ready):
    ready.says("30 01", LinkLost("unplugged"))
    with pytest.raises(LinkLost):
        await open_on(ready).read(fingerprint=False, timeout_s=10)


async def test_the_reader_says_who_it_is(ready):
    assert await open_on(ready).identify(timeout_s=2) == DeviceIdentity("SAM_V", NUMBER, "")


async def test_a_module_without_number_says_why(ready, reply):
    ready.says("12 FF", reply(0x66))
    with pytest.raises(DeviceFault) as refused:
        await open_on(ready).module_number(timeout_s=2)
    assert refused.value.fault == "reader.not_authorised"


async def test_a_fit_reader_passes_its_self_test(ready):
    result = await open_on(ready).self_test(timeout_s=2)
    assert result.passed
    assert [check.name for check in result.checks] == ["reader.module", "reader.number"]


async def test_an_unfit_reader_fails_its_self_test_with_the_code_seen(ready, reply):
    ready.says("11 FF", reply(0x60))
    result = await open_on(ready).self_test(timeout_s=2)
    assert result.checks[0] == Check("reader.module", passed=False, seen="00 00 60")
    assert not result.passed


async def test_the_module_can_be_reset(ready, reply):
    ready.says("10 FF", reply(0x90))
    await open_on(ready).reset(timeout_s=3)
    assert ready.asked() == ["10 FF"]


async def test_closing_lets_go_of_the_link(ready):
    reader = open_on(ready)
    await reader.close()
    with pytest.raises(LinkLost):
        await reader.self_test(timeout_s=1)


async def test_a_second_caller_waits_for_the_first(ready):
    reader = open_on(ready)
    await asyncio.gather(reader.read(fingerprint=False, timeout_s=10), reader.self_test(timeout_s=10))
    assert ready.asked() == ["12 FF", "20 01", "20 02", "30 01", "30 03", "11 FF", "12 FF"]


class Stuck:
    """A link on which nothing ever happens, also no silence."""

    async def write(self, data: bytes) -> None:
        await asyncio.Event().wait()

    def discard_input(self) -> None:
        pass


async def test_a_reader_busy_all_the_time_is_refused_and_free_after_a_cancel(module, ready):
    reader = open_on(module)
    reader._exchange._link = Stuck()
    first = asyncio.ensure_future(reader.read(fingerprint=False, timeout_s=10))
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        await reader.self_test(timeout_s=0.01)
    assert refused.value.reason == "reader.busy"
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    reader._exchange._link = ready
    assert (await reader.self_test(timeout_s=2)).passed


async def test_a_read_after_a_cancelled_one_is_not_misled_by_its_late_answer(ready, reply, card_data, build_block):
    other = build_block((0, "别人"), (122, "810000198505200022"))
    reader = open_on(ready)
    await reader.module_number(timeout_s=2)
    ready.send_unasked(reply(0x90, card_data(text=other)), after_s=0.01)
    card = await reader.read(fingerprint=False, timeout_s=10)
    assert card.name.text == "测试甲"


async def test_nothing_of_the_person_is_printed(ready, person):
    shown = repr(await open_on(ready).read(fingerprint=True, timeout_s=10))
    assert not any(person[name] in shown for name in ("name", "number", "address"))
