"""The one shape of every refusal: ``{"error": {"code", "message"}}``. True reasons stay in the log."""

from __future__ import annotations

from aiohttp import web


def refusal(status: int, code: str, message: str) -> web.Response:
    """Return a refusal; `code` is stable, `message` is for people."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
