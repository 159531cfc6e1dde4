"""Daemons that do not outlive the simulator: the kernel kills them when it is killed."""

MORTAL = ("setpriv", "--pdeathsig", "KILL")  # of util-linux, which every Debian has
