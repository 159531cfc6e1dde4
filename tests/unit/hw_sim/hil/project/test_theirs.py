"""Tests that fail on purpose; the project's own run leaves them out."""

from __future__ import annotations

import os
import sys

import pytest


def test_wrong(kit, status):
    sys.stdout.write(f"\nkit_pid={kit._serving._child.pid}\n")
    assert not status()


def test_whose(kit):
    sys.stdout.write(f"\nkit_pid={kit._serving._child.pid}\n")


@pytest.mark.kit("nobody")
def test_unknown_kit(kit):
    pass


@pytest.mark.kit("demo", "demo")
def test_odd_marker(kit):
    pass


def test_kit_that_dies(kit):
    sys.stdout.write(f"\nkit_pid={kit._serving._child.pid}\n")
    os.kill(kit._serving._child.pid, 9)
    kit._serving._child.wait()
