"""The door that kits come through: HTTP over TLS with client certificates, one JSON shape for every refusal."""

from padkit_central.api.door import make_app, server_context

__all__ = ["make_app", "server_context"]
