"""The light service behind the kits: takes sealed envelopes in, checks them, asks the bank's core, answers sealed."""
