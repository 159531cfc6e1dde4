"""The authoriser's page: the same desk as `padkit-central authorise`, in a browser, for one person at a time."""

from padkit_central.commands.authorise_page.command import page

__all__ = ["page"]
