"""Messages of other makers: read, opened, verified and reported on; never accepted as envelopes of ours."""

from padkit_contract.der.tree import Node
from padkit_contract.foreign.chains import Chains
from padkit_contract.foreign.layers import Algorithm, Family, Layer, Party, Recipient, Signer, Structure
from padkit_contract.foreign.names import name_of, printable
from padkit_contract.foreign.reading import read
from padkit_contract.foreign.report import Check, Report, Verdict

__all__ = [
    "Algorithm",
    "Chains",
    "Check",
    "Family",
    "Layer",
    "Node",
    "Party",
    "Recipient",
    "Report",
    "Signer",
    "Structure",
    "Verdict",
    "name_of",
    "printable",
    "read",
]
