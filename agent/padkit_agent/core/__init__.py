"""What decides on the kit: flows, stock, evidence. No I/O, no clock, no chance in this room."""
