"""Loading one plugin in its own process: import its module, call its hook, hold its offers against its manifest."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

import pluggy

from padkit_agent.plugins.messages import OfferView
from padkit_sdk.errors import Refused
from padkit_sdk.hookspecs import DriverOffer, plugin_manager
from padkit_sdk.links import LINK_KINDS
from padkit_sdk.manifest import Manifest


def load_offers(manifest: Manifest) -> dict[str, DriverOffer]:
    """Import the plugin's code and return its offers by model.

    Raises `Refused` ``plugin.import`` (its code failed), ``plugin.hook`` (it implements a hook we do not have),
    ``plugin.offer`` (an offer that the manifest does not announce); each names the plugin.
    """
    offers = _call_hook(manifest)
    for offer in offers:
        _check(manifest, offer)
    by_model = {offer.model: offer for offer in offers}
    if len(by_model) != len(offers) or not offers:
        raise _misfit(manifest, f"{len(offers)} offers for {len(by_model)} models; offer each model once")
    return by_model


def view_of(offer: DriverOffer) -> OfferView:
    """The offer without its code."""
    return OfferView(offer.model, offer.ports, offer.matches, dict(offer.settings))


def link_kind(match: object) -> str:
    """The kind of wire that `match` is found on, empty when it is none of ours."""
    return next((name for kind, name in LINK_KINDS.items() if isinstance(match, kind)), "")


def _call_hook(manifest: Manifest) -> list[DriverOffer]:
    manager = plugin_manager()
    try:
        manager.register(importlib.import_module(manifest.module), name=manifest.name)
        manager.check_pending()
        answers: list[Iterable[DriverOffer]] = manager.hook.padkit_drivers()
        return [offer for answer in answers for offer in answer]
    except pluggy.PluginValidationError as exc:
        raise Refused("plugin.hook", f"plugin {manifest.name}: {exc}; see the hooks of the SDK") from exc
    except (Exception, SystemExit) as exc:  # whatever a plugin's code raises is that plugin's failure
        told = f"{type(exc).__name__}: {exc}"
        raise Refused("plugin.import", f"plugin {manifest.name}, module {manifest.module}: {told}; repair it") from exc


def _check(manifest: Manifest, offer: object) -> None:
    if not isinstance(offer, DriverOffer):
        raise _misfit(manifest, f"offers a {type(offer).__name__}; offer DriverOffer values")
    surplus = set(offer.ports) - set(manifest.ports)
    if surplus or not offer.ports:
        raise _misfit(manifest, f"{offer.model} offers ports {sorted(surplus)}; announce them under ports")
    kinds = {link_kind(match) for match in offer.matches}
    if not kinds <= set(manifest.links) or not kinds:
        raise _misfit(manifest, f"{offer.model} asks for links {sorted(kinds)}; announce them under links")


def _misfit(manifest: Manifest, what: str) -> Refused:
    return Refused("plugin.offer", f"plugin {manifest.name}: {what} in its manifest")
