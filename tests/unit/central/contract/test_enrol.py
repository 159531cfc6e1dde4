from __future__ import annotations

import os

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_contract.enrol import (
    ALPHABET,
    MAX_REQUEST,
    EnrolRefused,
    EnrolRequest,
    Maced,
    Papers,
    Requests,
    is_by,
    mac_key,
    make_code,
    open_answer,
    read_code,
    read_maced,
    read_request,
    seal_answer,
    seal_request,
)

CODE = "0123-4567-89AB-CDEF"
KEY = mac_key("bank", "KIT-1", CODE)
REQUEST = EnrolRequest(1, "bank", "KIT-1", Requests(b"sign", b"encrypt", b"tls"))
PAPERS = Papers("s", "e", "t", "trust", "tls trust", "peer")


def reason(do, *args) -> str:
    with pytest.raises(EnrolRefused) as refused:
        do(*args)
    return refused.value.reason


def test_a_code_is_eighty_random_bits_in_groups():
    assert make_code(lambda count: bytes(count)) == "0000-0000-0000-0000"
    assert make_code(lambda count: b"\xff" * count) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert {len(make_code(os.urandom)) for _ in range(9)} == {19}


@given(st.binary(min_size=10, max_size=10))
def test_every_code_is_read_as_it_was_made(raw):
    assert read_code(make_code(lambda count: raw)) == make_code(lambda count: raw).replace("-", "")


def test_a_code_is_read_as_people_write_it_down():
    assert read_code(" o123 4567 89ab-cdef ") == read_code(CODE)
    assert read_code("il23-4567-89AB-CDEF") == read_code("1123-4567-89AB-CDEF")


@pytest.mark.parametrize("text", ["", "0123", CODE + "0", "U123-4567-89AB-CDEF", "ÄÖÜß-4567-89AB-CDEF", "0" * 100])
def test_what_is_no_code_is_said_so_before_a_try_is_spent(text):
    assert reason(read_code, text) == "code.form"


def test_the_key_is_for_one_kit_and_one_code():
    others = {mac_key("bank", "KIT-2", CODE), mac_key("bank-2", "KIT-1", CODE), mac_key("bank", "KIT-1", "0" * 16)}
    assert len(others | {KEY}) == 4
    assert set(CODE.replace("-", "")) <= set(ALPHABET)


def test_a_request_is_proved_by_its_code():
    maced = read_maced(seal_request(REQUEST, KEY), MAX_REQUEST)
    assert read_request(maced) == REQUEST
    assert is_by(maced, KEY)
    assert not is_by(maced, mac_key("bank", "KIT-1", "0" * 16))
    assert not is_by(Maced(maced.body + b" ", maced.mac), KEY)


def test_an_answer_is_for_one_request_and_from_who_knows_the_code():
    posted = seal_request(REQUEST, KEY)
    answer = seal_answer(PAPERS, read_maced(posted, MAX_REQUEST), KEY)
    assert open_answer(answer, posted, KEY) == PAPERS
    other = seal_request(msgspec.structs.replace(REQUEST, requests=Requests(b"other", b"", b"")), KEY)
    assert reason(open_answer, answer, other, KEY) == "enrol.mac"
    assert reason(open_answer, answer, posted, mac_key("bank", "KIT-1", "0" * 16)) == "enrol.mac"


def test_a_request_sent_back_is_no_answer():
    posted = seal_request(REQUEST, KEY)
    assert reason(open_answer, posted, posted, KEY) == "enrol.mac"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "enrol.form"),
        (b"{}", "enrol.form"),
        (b"\xff\xfe", "enrol.form"),
        (b"[" * 5000, "enrol.form"),
        (b" " * (MAX_REQUEST + 1), "enrol.size"),
    ],
)
def test_what_is_no_message_is_refused(raw, said):
    assert reason(read_maced, raw, MAX_REQUEST) == said


def test_another_version_and_another_form_are_told_apart():
    assert (
        reason(read_request, Maced(msgspec.json.encode(msgspec.structs.replace(REQUEST, version=2)), b""))
        == "enrol.version"
    )
    assert reason(read_request, Maced(b'{"version":1}', b"")) == "enrol.form"


def test_requests_are_told_apart_by_their_keys_only():
    requests = REQUEST.requests
    assert requests.digest() == msgspec.structs.replace(requests, tls_serial="ab").digest()
    assert requests.digest() != msgspec.structs.replace(requests, sign=b"other").digest()
