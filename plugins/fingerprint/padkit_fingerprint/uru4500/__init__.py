"""The U.are.U 4500 of DigitalPersona / HID: a raw picture reader on USB."""
