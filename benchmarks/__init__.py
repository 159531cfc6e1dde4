"""The figures of this project, each measured beside a peer in the same run. See README.md for the method of each."""
