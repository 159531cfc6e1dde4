"""Parties that central must not take for its kit: another kit, a kit of another service, of another entity, of long ago, one
that is revoked, the same names from another CA."""

from __future__ import annotations

import os
from datetime import timedelta

from journey import Journey
from kit_hand import now, suite

from padkit_central.ca.authority import Authority, Means
from padkit_sim.demo import files
from padkit_sim.demo.world import ENTITY, KIT

OTHER_KIT, OTHER_SERVICE, IMPOSTOR = "other-kit", "kit-of-other-service", "impostor"
OTHER_ENTITY, EXPIRED, REVOKED = "kit-of-another-entity", "kit-of-long-ago", "revoked-kit"
LONG_AGO = timedelta(days=400)  # a kit's certificate holds for a year


def make_strangers(journey: Journey) -> None:
    """Write their TEST ONLY keys into the world's folder, once."""
    folder = journey.folder
    if (folder / IMPOSTOR).exists():
        return
    password = (folder / files.PASSWORD).read_bytes()
    means = Means(suite(), password, now(), os.urandom)
    ours = Authority(folder / "ca", means)
    ours.issue_kit(
        "KIT-0002", ENTITY, folder / OTHER_KIT, service="central", password=password, register=folder / "central"
    )
    ours.issue_service("other", folder / "other", hosts=["127.0.0.1"], password=password)
    ours.issue_kit(KIT, ENTITY, folder / OTHER_SERVICE, service="other", password=password, register=None)
    ours.issue_kit(
        "KIT-0003", ENTITY, folder / REVOKED, service="central", password=password, register=folder / "central"
    )
    ours.issue_kit(KIT, "another-bank", folder / OTHER_ENTITY, service="central", password=password, register=None)
    then = Authority(folder / "ca", Means(suite(), password, now() - LONG_AGO, os.urandom))
    then.issue_kit(KIT, ENTITY, folder / EXPIRED, service="central", password=password, register=None)
    theirs = Authority(folder / "other-ca", means)
    theirs.init(ENTITY)
    theirs.issue_service("central", folder / "other-central", hosts=["127.0.0.1"], password=password)
    theirs.issue_kit(KIT, ENTITY, folder / IMPOSTOR, service="central", password=password, register=None)
