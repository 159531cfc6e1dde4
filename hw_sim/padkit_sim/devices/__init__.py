"""The simulated devices: each a machine that takes bytes and moments and gives bytes, with no I/O and no clock."""
