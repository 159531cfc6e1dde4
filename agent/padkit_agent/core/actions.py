"""What a flow may want done next. One action at a time; it stands in the journal before it is carried out."""

from __future__ import annotations

import enum

import msgspec

from padkit_agent.core.plan import NEW_PIN


class Action(msgspec.Struct, frozen=True, tag_field="do"):
    """Base of all actions; the tag is the name the journal and the screens use."""


class Waive(Action, frozen=True, tag="waive"):
    """Pass a step that the entity's policy waives; `names` are the evidence and checks that the waivers cover.

    `why` says what kept a face from being compared with the chip's photo.
    """

    step: str
    names: tuple[str, ...]
    why: str = ""


class ReadIdentity(Action, frozen=True, tag="read_identity"):
    """Read the identity card's chip."""


class ReadDocument(Action, frozen=True, tag="read_document"):
    """Take a picture of one side of the document (a `DocumentSide`'s value), read it and compare it with the chip."""

    side: str


class CheckFace(Action, frozen=True, tag="check_face"):
    """Look at the person before the camera: alive, and the one of the chip's photo where that could be decoded."""


class WaitDevice(Action, frozen=True, tag="wait_device"):
    """Wait until a device is back, at most `timeout_s`."""

    device: str
    timeout_s: float


class LookAtBox(Action, frozen=True, tag="look_at_box"):
    """Ask the box where its card is; make it ready again when it lost power (moves nothing)."""

    why: str


class StageCard(Action, frozen=True, tag="stage_card"):
    """Feed one card to the inner read position (P0)."""


class ReadChip(Action, frozen=True, tag="read_chip"):
    """Read the staged card's chip."""


class Reserve(Action, frozen=True, tag="reserve"):
    """Have central reserve the staged card for this flow; the reservation ends with the card's next ledger event."""

    voucher: str


class ReadCard(Action, frozen=True, tag="read_card"):
    """Read the chip of the card that the customer put into the kit's reader."""


class EnterPin(Action, frozen=True, tag="enter_pin", omit_defaults=True):
    """Let the customer enter a PIN of `digits` at the keypad, for the card of the flow, under the keypad's key `key_id`.

    A new one is entered twice, the present one (`field` says which it is) once. The block stays in memory.
    """

    key_id: str
    digits: int
    field: str = NEW_PIN


class AskPerson(Action, frozen=True, tag="ask"):
    """Wait for a person's answer to `what`, one of `choices`; `people` names are needed."""

    what: str
    choices: tuple[str, ...]
    people: int = 0


class SetDocument(Action, frozen=True, tag="set_document"):
    """Set a document for the customer from what the flow knows. Nobody sees it yet."""

    document: str


class ShowDocument(AskPerson, frozen=True, tag="show_document"):
    """Show a document that was set, as often as asked for, until a person says that the customer saw it to the end.

    `digest` is the SM3 of the PDF that is shown.
    """

    document: str = ""
    version: int = 0
    language: str = ""
    digest: str = ""


class SignDocument(Action, frozen=True, tag="sign_document"):
    """Let the customer sign on the pad what was read: the hand is bound to `digest`, the SM3 of its PDF."""

    document: str
    version: int
    language: str
    digest: str


class SealDocument(Action, frozen=True, tag="seal_document"):
    """Have the bank's seal put on the receipt whose PDF has SM3 `digest`; a kit without network waits for it."""

    document: str
    version: int
    language: str
    digest: str


class RunChecks(Action, frozen=True, tag="run_checks"):
    """Have central run online checks of the customer; a `patient` one asks again and again, at most `timeout_s`."""

    names: tuple[str, ...]
    timeout_s: float
    patient: bool = False


class SendCode(Action, frozen=True, tag="send_code"):
    """Have central send a code to the customer's telephone."""


class JudgeCode(Action, frozen=True, tag="judge_code"):
    """Have central judge the code that was typed; it is in memory only."""


class Authorise(Action, frozen=True, tag="authorise"):
    """Ask the centre to authorise the case, at most `timeout_s`: its outbox row is written with this journal row."""

    round: int
    timeout_s: float


class AwaitAuthoriser(Action, frozen=True, tag="await_authoriser"):
    """Ask the centre how the request of this round stands, at most `timeout_s`; nothing is sent again."""

    round: int
    timeout_s: float


class Submit(Action, frozen=True, tag="submit"):
    """Send the opening to the bank (P1): its outbox row is written with this journal row."""

    attempt: int


class Pause(Action, frozen=True, tag="pause"):
    """Wait before the next inquiry."""

    seconds: float


class Inquire(Action, frozen=True, tag="inquire"):
    """Ask what became of `serial`; `fence` closes it for attempts up to `attempt` when nothing was executed."""

    serial: str
    attempt: int
    fence: bool


class Target(enum.Enum):
    """Where a card in play is moved."""

    READER = "reader"
    GATE = "gate"
    BIN = "bin"


class MoveCard(Action, frozen=True, tag="move_card"):
    """Move the card in play; `why` is kept for the ledger."""

    to: Target
    why: str


class AwaitTaken(Action, frozen=True, tag="await_taken"):
    """Wait until the customer takes the card from the gate."""

    timeout_s: float


class Reverse(Action, frozen=True, tag="reverse"):
    """Reverse the opening in the core (冲正) under its own serial."""

    serial: str
    attempt: int


class Upload(Action, frozen=True, tag="upload"):
    """Hand the evidence package to central and wait for its receipt."""


AnyAction = (
    Waive
    | ReadIdentity
    | ReadDocument
    | CheckFace
    | WaitDevice
    | LookAtBox
    | StageCard
    | ReadChip
    | Reserve
    | ReadCard
    | EnterPin
    | AskPerson
    | SetDocument
    | ShowDocument
    | SignDocument
    | SealDocument
    | RunChecks
    | SendCode
    | JudgeCode
    | Authorise
    | AwaitAuthoriser
    | Submit
    | Pause
    | Inquire
    | MoveCard
    | AwaitTaken
    | Reverse
    | Upload
)
