"""The library behind the "BSApiHelper" wrappers: function names are public, their arguments as the wrappers pass them.

Confidence low: one public listing, never loaded by us. Correct the description when you have the maker's header.
"""

from __future__ import annotations

from padkit_sdk.bridge import Constant, Data, Function, Group, Length, Number, Out, OutLength, VendorLibrary

CONTACT_SLOT = 0x00  # FF contactless, 00 to 0F contact, 10 to 1F PSAM
ATR_BYTES, RESPONSE_BYTES, TEXT_BYTES = 64, 300, 64

LIBRARY = VendorLibrary(
    model="MTX",
    groups=frozenset({Group.CONTACT_IC, Group.BEEP, Group.LED, Group.VERSION}),
    opening=(Function("device_open"),),
    closing=(Function("device_close"),),
    functions={
        "version": Function("device_version", (Out(TEXT_BYTES),)),
        "beep": Function("device_beep", (Number(),)),
        "led": Function("device_led", (Number(),)),
        "power_on": Function("open_card", (Constant(CONTACT_SLOT), Out(ATR_BYTES), OutLength())),
        "transmit": Function("card_APDU", (Constant(CONTACT_SLOT), Data(), Length(), Out(RESPONSE_BYTES), OutLength())),
        "power_off": Function("close_card", (Constant(CONTACT_SLOT),)),
    },
    faults={-1: "chip.absent", -2: "chip.mute", -3: "chip.activation", -4: "chip.transmission", -5: "chip.off"},
)
