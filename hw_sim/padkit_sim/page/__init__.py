"""The control page: a kit drawn in the browser, with hands, faults and a live wire log. Loopback only."""

from padkit_sim.page.address import PageAddress, page_address
from padkit_sim.page.door import PageDoor

__all__ = ["PageAddress", "PageDoor", "page_address"]
