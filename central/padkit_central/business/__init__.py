"""What central does with an envelope: opens it, checks it to the letter, answers it once."""

from padkit_central.business.ask import Ask, Handler, Handlers
from padkit_central.business.authorising import Authorisations
from padkit_central.business.chains import Chains
from padkit_central.business.checking import Checking
from padkit_central.business.desk import Answered, Busy, Desk, Rejected
from padkit_central.business.filing import Filing
from padkit_central.business.functions import Functions
from padkit_central.business.intake import MAX_POSTED, SUPERSEDED, Caller, Intake, Limits, Receipt
from padkit_central.business.ledger import Ledger
from padkit_central.business.opening import MISMATCH, Opener
from padkit_central.business.packages import Opening, Packages
from padkit_central.business.phone import PhoneCodes
from padkit_central.business.policies import Policies, put_policy, read_draft
from padkit_central.business.ports import Bank, Compute, Kits
from padkit_central.business.reconcile import Account, Finding, Remedy, compare
from padkit_central.business.showing import Showing, ShownFile
from padkit_central.business.stock import check_slip
from padkit_central.business.transact import Transactions
from padkit_central.business.vouchers import SealOffice, Vouchers

__all__ = [
    "MAX_POSTED",
    "MISMATCH",
    "SUPERSEDED",
    "Account",
    "Answered",
    "Ask",
    "Authorisations",
    "Bank",
    "Busy",
    "Caller",
    "Chains",
    "Checking",
    "Compute",
    "Desk",
    "Filing",
    "Finding",
    "Functions",
    "Handler",
    "Handlers",
    "Intake",
    "Kits",
    "Ledger",
    "Limits",
    "Opener",
    "Opening",
    "Packages",
    "PhoneCodes",
    "Policies",
    "Receipt",
    "Rejected",
    "Remedy",
    "SealOffice",
    "Showing",
    "ShownFile",
    "Transactions",
    "Vouchers",
    "check_slip",
    "compare",
    "put_policy",
    "read_draft",
]
