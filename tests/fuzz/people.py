"""Targets: what people hand in: operators' signed papers, codes and challenges heard on the telephone, enrolments."""

from __future__ import annotations

import msgspec
from ends import chance
from talk import Talk
from target import Target

from padkit_central.kits.papers import CONTEXTS, OrderPaper, check_order, read_paper, sign_paper
from padkit_contract import enrol, unlock
from padkit_contract.cms import signed
from padkit_contract.commands import Notify
from padkit_contract.enrol import EnrolRefused, EnrolRequest, Requests
from padkit_contract.errors import Invalid
from padkit_contract.x509 import Role

ORDER_ID = "019ab9a0-0000-7000-8000-000000000001"


def paper(talk: Talk) -> Target:
    """A signed paper as it comes to the admin door."""
    now = talk.pki.now
    good = sign_paper(_order(talk), talk.pki.identity("op-1", Role.OPERATOR), now)
    return Target(lambda raw: read_paper(raw, OrderPaper, talk.trust, now), (Invalid,), [good], der=True)


def order(talk: Talk) -> Target:
    """What an operator may sign: he holds a good key and means no good."""
    now, operator = talk.pki.now, talk.pki.identity("op-1", Role.OPERATOR)

    def read(raw: bytes) -> None:
        whole = signed.sign(raw, CONTEXTS[OrderPaper], operator.certificate, operator.key, now)
        check_order(read_paper(whole, OrderPaper, talk.trust, now).paper, now)

    return Target(read, (Invalid,), [msgspec.json.encode(_order(talk))])


def enrolment(talk: Talk) -> Target:
    """The enrolment door, before anything is proved; then with a code that is right."""
    code = enrol.make_code(chance)
    key = enrol.mac_key("bank", "KIT-1", code)
    request = EnrolRequest(enrol.VERSION, "bank", "KIT-1", Requests(b"sign", b"encrypt", b"tls"))

    def read(raw: bytes) -> None:
        maced = enrol.read_maced(raw, enrol.MAX_REQUEST)
        enrol.is_by(maced, key)
        enrol.read_request(maced)

    return Target(read, (EnrolRefused,), [enrol.seal_request(request, key)])


def heard(talk: Talk) -> Target:
    """A code or a challenge as somebody has typed it."""
    challenge = unlock.new_challenge("bank", "KIT-1", "lease", 7, bytes(unlock.NONCE_SIZE)).text()

    def read(raw: bytes) -> None:
        text = raw[1:].decode("utf-8", "replace")
        if raw[:1] == b"c":
            enrol.read_code(text)
        else:
            unlock.unlock_code(bytes(unlock.KEY_SIZE), "bank", "KIT-1", unlock.read_challenge(text))

    return Target(read, (Invalid, EnrolRefused), [b"u" + challenge.encode(), b"c" + enrol.make_code(chance).encode()])


def _order(talk: Talk) -> OrderPaper:
    return OrderPaper(ORDER_ID, "bank", ("KIT-1",), Notify("hello"), "a test", int(talk.pki.now.timestamp()))
