"""The kit's folder changes as a whole: cut anywhere, it is the old one or the new one, and the kit can say who it is."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from padkit_agent.uplink import folder as room
from padkit_agent.uplink.folder import KitFolder, tls_serial
from padkit_central.ca import tls
from padkit_central.ca.authority import Authority, Means
from padkit_central.ca.kits import KitIssuer
from padkit_contract import pem
from padkit_contract.crypto import NativeSuite, Suite
from padkit_contract.enrol import Papers, Requests
from padkit_contract.issue import Name
from padkit_sdk.errors import Refused

PASSWORD = b"TEST ONLY password"
NAME = Name("bank", "KIT-1")
NOW = datetime.now(UTC)


class Issuing:
    """A CA that answers requests as central does."""

    def __init__(self, place: Path, suite: Suite) -> None:
        means = Means(suite, PASSWORD, NOW, os.urandom)
        self.place, self.suite = place, suite
        self.authority = Authority(place / "ca", means)
        self.authority.init("bank")
        self.authority.issue_service("central", place / "central", hosts=["127.0.0.1"], password=PASSWORD)
        self.authority.issue_kit(
            "KIT-1", "bank", place / "by-hand", service="central", password=PASSWORD, register=None
        )
        self.issuer = KitIssuer.load(place / "ca", means, days=90)

    def papers(self, requests: Requests, name: Name = NAME, now: datetime = NOW) -> Papers:
        issued = self.issuer.issue(name.entity, name.name, requests, now)
        texts = [pem.write(pem.CERTIFICATE, raw) for raw in (issued.sign.der, issued.encrypt.der, issued.tls)]
        files = ("trust.pem", "tls-trust.pem", "encrypt.crt.pem")
        return Papers(*texts, *((self.place / "central" / file).read_text() for file in files))


@pytest.fixture(scope="module")
def issuing(tmp_path_factory: pytest.TempPathFactory, libssl3: None) -> Issuing:
    return Issuing(tmp_path_factory.mktemp("issuing"), NativeSuite.load("libcrypto.so.3"))


@pytest.fixture
def folder(issuing: Issuing, tmp_path: Path) -> KitFolder:
    """A kit that was issued by hand."""
    shutil.copytree(issuing.place / "by-hand", tmp_path / "kit")
    return KitFolder(tmp_path / "kit", issuing.suite, PASSWORD)


@pytest.fixture
def empty(issuing: Issuing, tmp_path: Path) -> KitFolder:
    return KitFolder(tmp_path / "kit", issuing.suite, PASSWORD)


def renewed(folder: KitFolder, issuing: Issuing) -> Any:
    requests = folder.draft(NAME, os.urandom)
    return folder.take(issuing.papers(requests), NAME, NOW, same_root=True)


def test_a_kit_without_a_folder_gets_one(empty, issuing):
    requests = empty.draft(NAME, os.urandom)
    party = empty.take(issuing.papers(requests), NAME, NOW, same_root=False)
    assert (party.name, party.previous) == ("KIT-1", ())
    assert sorted(path.name for path in empty.path.parent.iterdir()) == ["kit"]
    assert (empty.path / "sign.key.pem").stat().st_mode & 0o777 == 0o600
    assert (empty.path / "tls.key.pem").stat().st_mode & 0o777 == 0o600
    assert (empty.path.stat().st_mode & 0o777) == 0o700


def test_the_same_keys_are_asked_for_until_certificates_came(empty):
    assert empty.draft(NAME, os.urandom) == empty.draft(NAME, os.urandom)


def test_after_a_renewal_the_former_key_still_opens(folder, issuing):
    former = folder.load()
    serial = tls_serial(folder.path)
    party = renewed(folder, issuing)
    assert party.encrypt.certificate != former.encrypt.certificate
    assert [one.certificate for one in party.own(NOW)] == [party.encrypt.certificate, former.encrypt.certificate]
    assert tls_serial(folder.path) != serial
    again = renewed(folder, issuing)
    assert again.sign.certificate.point != party.sign.certificate.point, "other keys each time"


STEPS = 14


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_power_cut_at_any_step_leaves_a_kit_that_starts(folder, issuing, monkeypatch, step):
    """Cut before the `step`-th rename or removal; then the agent starts, and renews again."""
    former = folder.load().sign.certificate
    done = 0

    def cut(change: Any) -> Any:
        def changed(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            done += 1
            if done == step:
                raise KeyboardInterrupt
            return change(*args, **kwargs)

        return changed

    with monkeypatch.context() as patch:
        for owner, name in ((room.shutil, "rmtree"), (room.Path, "rename"), (room.shutil, "copy")):
            patch.setattr(owner, name, cut(getattr(owner, name)))
        try:
            renewed(folder, issuing)
            assert done < STEPS, "more steps than are cut"
        except KeyboardInterrupt:
            pass
    party = folder.load()
    assert (party.entity, party.name) == ("bank", "KIT-1")
    party = renewed(folder, issuing)
    assert party.sign.certificate != former
    assert sorted(path.name for path in folder.path.parent.iterdir()) == ["kit"]
    assert folder.load().sign.certificate == party.sign.certificate


def test_what_is_not_believed_changes_nothing(folder, issuing, tmp_path_factory):
    before = folder.load().sign.certificate
    requests = folder.draft(NAME, os.urandom)
    papers = issuing.papers(requests)
    other = Issuing(tmp_path_factory.mktemp("other"), issuing.suite)
    strange = other.papers(requests)
    kit_2 = KitFolder(folder.path.with_name("kit-2"), issuing.suite, PASSWORD)
    theirs = issuing.papers(kit_2.draft(Name("bank", "KIT-2"), os.urandom), Name("bank", "KIT-2"))
    for changed, code in (
        ({"sign": papers.encrypt}, "papers.chain"),
        ({"sign": theirs.sign}, "papers.chain"),
        ({"sign": "nonsense"}, "papers.chain"),
        ({"peer": papers.sign}, "papers.chain"),
        ({"trust": strange.trust}, "papers.root"),
        ({"sign": strange.sign}, "papers.chain"),
        ({"tls": theirs.tls}, "papers.tls"),
        ({"tls": strange.tls}, "papers.tls"),
        ({"tls": "nonsense"}, "papers.tls"),
        ({"revocation_lists": "nonsense"}, "papers.chain"),
    ):
        with pytest.raises(Refused) as refused:
            folder.take(msgspec.structs.replace(papers, **changed), NAME, NOW, same_root=True)
        assert refused.value.reason == code, changed
        assert folder.load().sign.certificate == before
    folder.take(papers, NAME, NOW, same_root=True)


def test_certificates_of_another_kit_are_refused(empty, issuing):
    name = Name("bank", "KIT-2")
    papers = issuing.papers(empty.draft(name, os.urandom), name)
    with pytest.raises(Refused) as refused:
        empty.take(papers, NAME, NOW, same_root=False)
    assert refused.value.reason == "papers.names"
    assert not empty.path.exists()


def test_a_public_file_is_replaced_whole(folder):
    folder.write("peer-encrypt.crt.pem", "new")
    assert (folder.path / "peer-encrypt.crt.pem").read_text() == "new"
    assert not list(folder.path.glob("*.half"))


def test_a_tls_request_of_ours_is_one_that_the_ca_takes(empty):
    name, _ = tls.check_request(empty.draft(NAME, os.urandom).tls)
    assert name == NAME
