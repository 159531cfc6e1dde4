"""The test certificate authority: roots, kits, services. TEST ONLY: a bank's own authority takes its place."""
