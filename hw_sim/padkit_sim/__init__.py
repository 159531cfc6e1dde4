"""Stand-ins for a kit's hardware, at the wire: simulated devices, the wires they hang on, and the bank next door."""
