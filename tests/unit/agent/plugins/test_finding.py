"""Plugins are found by entry point, their manifests read, and none of their code is run."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from padkit_agent.plugins import find_plugins


@pytest.fixture
def trap(bundle):
    """The toy's bundle, with code that tells when it is run."""
    for file in (bundle / "padkit_toy").glob("*.py"):
        file.write_text("raise SystemExit('plugin code was run')\n")
    return bundle


def edit(bundle, old, new):
    path = bundle / "padkit_toy" / "padkit-plugin.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def refusal(bundle):
    search = find_plugins([bundle])
    assert "toy" not in search.found
    (told,) = [error for label, error in search.refused.items() if label.startswith("toy in")]
    return told


def test_a_bundle_is_found_without_running_its_code(trap):
    plugin = find_plugins([trap]).found["toy"]
    assert (plugin.name, plugin.manifest.ports, plugin.paths) == ("toy", ("card_dispenser",), (str(trap),))


def test_the_environment_is_searched_without_importing_plugins():
    code = (
        "import sys; from padkit_agent.plugins import find_plugins; found = find_plugins().found;"
        "assert found['back_clip'].paths == (), found;"
        "assert not [name for name in sys.modules if name.startswith('padkit_back_clip')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_first_root_wins_and_the_other_is_reported(bundle, tmp_path):
    copy = shutil.copytree(bundle, tmp_path / "copy")
    search = find_plugins([bundle, copy])
    assert search.found["toy"].paths == (str(bundle),)
    assert search.refused[f"toy in {copy}"].reason == "plugin.shadowed"


def test_one_bad_bundle_does_not_hide_the_other(bundle, other_bundle):
    edit(bundle, "sdk = 1", "sdk = 9")
    search = find_plugins([bundle, other_bundle])
    assert "other_toy" in search.found
    assert refusal(bundle).reason == "manifest.sdk"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"card_dispenser"', '"coffee"', "manifest.ports"),
        ('"usb_serial"', '"tin_can"', "manifest.links"),
        ("sdk = 1", 'sdk = 1\nisolation = "none"', "manifest.isolation"),
        ("padkit_toy.plugin", "padkit_toy.other", "manifest.module"),
        ('name = "toy"', 'name = "joy"', "manifest.module"),
        ("sdk = 1", "sdk = 1\ncolour = 3", "manifest.invalid"),
    ],
)
def test_a_bad_manifest_is_refused_by_name(bundle, old, new, reason):
    edit(bundle, old, new)
    error = refusal(bundle)
    assert error.reason == reason
    assert "toy" in str(error)


def test_a_bundle_without_a_manifest_is_refused(bundle):
    (bundle / "padkit_toy" / "padkit-plugin.toml").unlink()
    assert refusal(bundle).reason == "manifest.missing"


def test_a_bundle_without_its_package_is_refused(bundle):
    (bundle / "padkit_toy").rename(bundle / "elsewhere")
    assert refusal(bundle).reason == "plugin.package"


def test_a_missing_bundle_folder_holds_nothing(tmp_path):
    assert "toy" not in find_plugins([tmp_path / "nowhere"]).found
