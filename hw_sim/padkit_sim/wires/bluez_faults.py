"""What can go wrong on Bluetooth LE beside what can on any line: names, where each strikes, arguments."""

from __future__ import annotations

from padkit_sim.faults import ArgSpec, FaultSpec, Kind

BLE_FAULTS = (
    FaultSpec(
        "ble.link_loss",
        "just before the nth notification: the link is lost, the rest of the answer with it; advertises again after `back_s`",
        args={"back_s": ArgSpec(0.3, minimum=0)},
    ),
    FaultSpec(
        "ble.mtu",
        "from the nth connection on: the ATT MTU is `mtu`",
        Kind.CONDITION,
        args={"mtu": ArgSpec(23, minimum=23)},
    ),
    FaultSpec("ble.refuse_connect", "nth connection: refused"),
    FaultSpec("ble.stale_notify", "nth subscription: taken, and nothing is notified until the next"),
    FaultSpec(
        "ble.vanish",
        "from the nth advertisement on: out of range, the link is lost, until it is cleared",
        Kind.CONDITION,
    ),
    FaultSpec(
        "ble.weak",
        "from the nth advertisement on: heard with -`path_loss_db` dBm",
        Kind.CONDITION,
        args={"path_loss_db": ArgSpec(95, minimum=0)},
    ),
)
