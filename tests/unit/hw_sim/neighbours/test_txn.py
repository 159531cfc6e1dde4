from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from padkit_sim.neighbours.txn import (
    FIELDS,
    MAX_BODY,
    OPEN_RESPONSE,
    SEALED,
    CoreRefusal,
    Request,
    Service,
    accepted,
    check_fields,
    is_refusal_code,
    parse_request,
    refused,
)

Ask = Callable[..., Request]
GOOD = {"service": "CARD.OPEN", "entity": "E1", "serial": "S1", "attempt": 1, "fields": {"card_no": "1"}}


@pytest.fixture(scope="module")
def catalogue() -> dict[str, dict[str, list[str]]]:
    text = resources.files("padkit_contract.catalogue").joinpath("transactions.yaml").read_bytes()
    told = yaml.load(text, Loader=yaml.CSafeLoader)
    entries = [*told["functions"], *told["operations"]] if "operations" in told else told["functions"]
    return {
        entry["core"]["service"]: entry["core"] for entry in entries if entry["id"] in ("ACC-01", "OPS-15", "OPS-16")
    }


@pytest.mark.parametrize("service", [Service.OPEN, Service.REVERSE])
def test_the_field_table_is_the_catalogues(service: Service, catalogue: dict[str, dict[str, list[str]]]) -> None:
    assert list((FIELDS[service].keys() - {SEALED}) ^ set(catalogue[service.value]["request"])) == []


def test_an_inquiry_knows_the_fence_besides_the_catalogues_fields(catalogue: dict[str, dict[str, list[str]]]) -> None:
    assert FIELDS[Service.INQUIRY].keys() == {*catalogue["TXN.INQUIRY"]["request"], "fence"}


def test_the_response_of_an_opening_is_the_catalogues(catalogue: dict[str, dict[str, list[str]]]) -> None:
    assert list(OPEN_RESPONSE) == catalogue["CARD.OPEN"]["response"]


def test_a_good_request_is_read() -> None:
    assert parse_request(msgspec.json.encode(GOOD)) == Request("CARD.OPEN", "E1", "S1", 1, {"card_no": "1"})


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"service":' * 5_000,
        msgspec.json.encode(GOOD)[:-1],
        msgspec.json.encode(GOOD | {"more": 1}),
        msgspec.json.encode(GOOD | {"attempt": 0}),
        msgspec.json.encode(GOOD | {"attempt": 1.5}),
        msgspec.json.encode(GOOD).replace(b":1,", b":1" + b"0" * 400 + b","),
        msgspec.json.encode(GOOD | {"serial": ""}),
        msgspec.json.encode(GOOD | {"serial": "a b"}),
        msgspec.json.encode(GOOD | {"entity": "x" * 33}),
        msgspec.json.encode(GOOD | {"service": "X" * 33}),
        msgspec.json.encode(GOOD | {"fields": {"card_no": {"deep": 1}}}),
        msgspec.json.encode(GOOD | {"fields": {"card_no": None}}),
        b" " * (MAX_BODY + 1),
    ],
)
def test_what_is_no_request_is_refused_as_unreadable(raw: bytes) -> None:
    with pytest.raises(CoreRefusal) as refusal:
        parse_request(raw)
    assert refusal.value.code == "2001"


@given(st.binary(max_size=300))
def test_garbage_is_refused_or_read(raw: bytes) -> None:
    try:
        parse_request(raw)
    except CoreRefusal as refusal:
        assert refusal.code == "2001"


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"pin": "1234"}, "2003", "'pin'"),
        ({"card_no": "6200000000000000007"}, "2005", "'card_no'"),
        ({"card_no": "62"}, "2005", "'card_no'"),
        ({"name": ""}, "2005", "'name'"),
        ({"name": "x" * 257}, "2005", "'name'"),
        ({"name": 7}, "2005", "'name'"),
        ({"new_pin_block": "x" * 4097}, "2005", "'new_pin_block'"),
    ],
)
def test_a_wrong_field_of_an_opening_is_named_and_its_value_is_not(
    ask: Ask, fields: dict[str, str | int], code: str, named: str
) -> None:
    request = ask("CARD.OPEN", **fields)
    with pytest.raises(CoreRefusal) as refusal:
        check_fields(Service.OPEN, request.fields)
    assert refusal.value.code == code
    assert named in refusal.value.message
    assert "6200000000000000007" not in refusal.value.message


def test_a_missing_field_is_named(ask: Ask) -> None:
    fields = dict(ask("CARD.OPEN").fields)
    del fields["phone"]
    with pytest.raises(CoreRefusal, match="'phone' is missing"):
        check_fields(Service.OPEN, fields)


def test_amounts_and_flags_may_be_numbers_or_text(ask: Ask) -> None:
    check_fields(Service.OPEN, ask("CARD.OPEN", limit_day=500000, agent_flag="false").fields)


def test_a_fence_is_true_or_false() -> None:
    with pytest.raises(CoreRefusal, match="'fence' must be true or false"):
        check_fields(Service.INQUIRY, {"orig_channel_serial": "S1", "fence": "yes"})


def test_a_card_to_block_needs_no_right_check_digit() -> None:
    check_fields(Service.BLOCK, {"card_no": "6200000000000000007", "reason": "misread"})


@pytest.mark.parametrize(
    ("code", "resp_class"),
    [
        ("1101", "business_refusal"),
        ("2003", "business_refusal"),
        ("3001", "retryable"),
        ("4091", "unknown"),
        ("5001", "retryable"),
    ],
)
def test_the_class_of_a_refusal_is_its_first_digit(code: str, resp_class: str) -> None:
    answer = refused(CoreRefusal(code, "no"))
    assert (answer.resp_class, answer.resp_code, answer.fields) == (resp_class, code, {})


def test_a_refusal_before_execution_is_marked() -> None:
    assert refused(CoreRefusal("2051", "weak", not_executed=True)).not_executed
    assert not accepted({}).not_executed


@pytest.mark.parametrize(
    ("code", "so"), [("1999", True), ("4001", True), ("0000", False), ("6001", False), ("19", False), ("１999", False)]
)
def test_only_four_digits_from_1_to_5_are_a_refusal_code(code: str, *, so: bool) -> None:
    assert is_refusal_code(code) is so


def test_the_pin_block_stays_out_of_the_digest_and_everything_else_is_in(ask: Ask) -> None:
    digest = ask("CARD.OPEN").digest()
    assert ask("CARD.OPEN", new_pin_block="other").digest() == digest
    assert ask("CARD.OPEN", phone="13900000000").digest() != digest


def test_a_request_prints_no_values(ask: Ask) -> None:
    assert "6200000000000000000" not in repr(ask("CARD.OPEN"))
