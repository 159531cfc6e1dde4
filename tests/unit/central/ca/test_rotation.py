from __future__ import annotations

import pytest

from padkit_central.ca import rotation
from padkit_central.ca.folder import CaRefused
from padkit_contract.errors import CryptoUnfit


def rotate(ca, folder="central", service="central", days=14):
    password = ca.means.password
    return rotation.rotate(ca.shelf, service, ca.place / folder, password=password, overlap_days=days)


def test_the_new_key_is_first_and_the_old_one_opens_until_its_overlap_is_over(new_ca):
    former = new_ca.party("central").encrypt.certificate
    until = rotate(new_ca)
    service = new_ca.party("central")
    assert service.encrypt.certificate != former
    assert (service.encrypt.certificate.entity, service.encrypt.certificate.name) == (former.entity, former.name)
    assert [one.certificate for one in service.own(until)] == [service.encrypt.certificate, former]
    new_ca.go(days=15)
    assert service.own(new_ca.now) == (service.encrypt,)


def test_kits_issued_later_seal_for_the_new_key(new_ca):
    rotate(new_ca)
    new_ca.authority.issue_kit(
        "KIT-2", "bank", new_ca.place / "kit-2", service="central", password=new_ca.means.password, register=None
    )
    assert new_ca.party("kit-2").peer.certificate == new_ca.party("central").encrypt.certificate


def test_a_second_rotation_waits_for_the_end_of_the_first(new_ca):
    rotate(new_ca)
    with pytest.raises(CaRefused, match="opens until 2026-12-06"):
        rotate(new_ca)
    new_ca.go(days=15)
    first = new_ca.party("central").previous[0].certificate
    rotate(new_ca)
    kept = new_ca.place / "central" / "former"
    assert sorted(path.name for path in kept.iterdir()) == [f"{first.key_id}.crt.pem", f"{first.key_id}.key.pem"]
    assert (kept / f"{first.key_id}.key.pem").stat().st_mode & 0o777 == 0o600


def test_only_that_services_folder_is_touched(new_ca):
    for folder, service, says in (("kit", "KIT-1", "not of service"), ("nowhere", "central", "not a party's folder")):
        with pytest.raises(CaRefused, match=says):
            rotate(new_ca, folder, service)


@pytest.mark.parametrize("step", range(1, 9))
def test_what_was_cut_short_is_finished_by_the_same_call(new_ca, monkeypatch, step):
    """The cut comes before the `step`-th change of a file in the service's folder."""
    former = new_ca.party("central").encrypt.certificate
    done = 0

    def cut(change):
        def changed(*args, **kwargs):
            nonlocal done
            done += 1
            if done == step:
                raise KeyboardInterrupt
            return change(*args, **kwargs)

        return changed

    with monkeypatch.context() as patch:
        for module, name in ((rotation.shutil, "copy"), (rotation, "replace_text"), (rotation.Path, "replace")):
            patch.setattr(module, name, cut(getattr(module, name)))
        try:
            rotate(new_ca)
        except KeyboardInterrupt:
            pass
        else:
            done = 0
    if done:
        rotate(new_ca)
    service = new_ca.party("central")
    assert [one.certificate for one in service.previous] == [former]
    assert service.encrypt.certificate != former


def test_a_half_rotated_folder_does_not_start_by_chance(new_ca):
    rotate(new_ca)
    (new_ca.place / "central" / "encrypt.key.pem").write_bytes(
        (new_ca.place / "central" / "encrypt-previous.key.pem").read_bytes()
    )
    with pytest.raises(CryptoUnfit, match=r"key\.pair"):
        new_ca.party("central")
