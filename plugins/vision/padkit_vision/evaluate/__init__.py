"""The evaluation: pictures with labels go through a port, whoever's driver it is, and what came out is counted against goals."""
