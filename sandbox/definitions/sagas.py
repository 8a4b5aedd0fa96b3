"""The sagas that the sandbox runs. A new saga, or a new step of one, is one more entry."""

from dataclasses import replace

from sandbox.definitions.model import Action, Deadline, Refusal, RetryPolicy, Saga, Step, Undo
from sandbox.definitions.promises import Charge, Confirmation, Together
from sandbox.definitions.terms import StepKind

DAY = 86_400.0
UNLIMITED = RetryPolicy(maximum_attempts=0)
DEADLINE = Deadline(25.0, timer="OrderDeadline", event="OrderExpired")


def final_on(*refusals: str) -> RetryPolicy:
    """Returns the default policy, under which these refusals are final at once."""
    return RetryPolicy(non_retryable_error_types=refusals)


VALIDATE = Step(
    do=Action("validate-order", "ValidateOrder", "OrderValidated"),
    undo=Undo("cancel-order", "CancelOrder", "OrderCancelled", "NothingToCancel"),
    refusal=Refusal("OrderRejected", "order limit reached", "OrderNotValidated", "the order is within its limit"),
    retry=final_on("OrderRejected"),
    service="order",
    source="orders allowed",
    target="orders accepted",
)
RESERVE = Step(
    do=Action("reserve-inventory", "ReserveInventory", "InventoryReserved"),
    undo=Undo("release-inventory", "ReleaseInventory", "InventoryReleased", "NothingToRelease"),
    refusal=Refusal("OutOfStock", "out of stock", "ReservationFailed", "there is enough in stock"),
    retry=final_on("OutOfStock"),
    service="inventory",
    source="available",
    target="reserved",
    after=("validate-order",),
)
CHARGE = Step(
    do=Action("charge-customer", "ChargeCustomer", "CustomerCharged"),
    undo=Undo("refund-customer", "RefundCustomer", "CustomerRefunded", "NothingToRefund"),
    refusal=Refusal("CardDeclined", "card declined", "PaymentFailed", "the card works"),
    retry=final_on("CardDeclined"),
    service="payment",
    source="customer",
    target="merchant",
    after=("reserve-inventory",),
)
SCHEDULE = Step(
    do=Action("schedule-fulfilment", "ScheduleFulfilment", "FulfilmentScheduled"),
    refusal=Refusal("NoCourier", "no courier", "FulfilmentFailed", "there is a courier"),
    retry=final_on("NoCourier"),
    service="fulfilment",
    source="courier slots",
    target="scheduled",
    after=("charge-customer",),
    kind=StepKind.PIVOT,
)
CONFIRM = Step(
    do=Action("send-confirmation", "SendConfirmation", "ConfirmationSent"),
    retry=UNLIMITED,
    service="notification",
    source="to send",
    target="sent",
    after=("schedule-fulfilment",),
    kind=StepKind.RETRIABLE,
)

CHECK_FRAUD = Step(
    do=Action("check-fraud", "CheckFraud", "FraudChecked", phrase="check for fraud"),
    undo=Undo("clear-check", "ClearCheck", "CheckCleared", "NothingToClear"),
    refusal=Refusal("FraudSuspected", "fraud suspected", "FraudNotChecked", "no fraud is suspected"),
    retry=final_on("FraudSuspected"),
    service="fraud",
    source="checks open",
    target="checks passed",
    after=("reserve-inventory",),
)
PICK = Step(
    do=Action("pick-items", "PickItems", "ItemsPicked"),
    undo=Undo("return-items", "ReturnItems", "ItemsReturned", "NothingToReturn"),
    service="inventory",
    source="picks to do",
    target="picks done",
    after=("charge-customer",),
    group="prepare-shipment",
)
LABEL = Step(
    do=Action("print-label", "PrintLabel", "LabelPrinted"),
    undo=Undo("void-label", "VoidLabel", "LabelVoided", "NothingToVoid"),
    service="fulfilment",
    source="labels blank",
    target="labels printed",
    after=("charge-customer",),
    group="prepare-shipment",
)
PACK = Step(
    do=Action("pack-shipment", "PackShipment", "ShipmentPacked"),
    undo=Undo("unpack-shipment", "UnpackShipment", "ShipmentUnpacked", "NothingToUnpack"),
    service="warehouse",
    source="boxes empty",
    target="boxes packed",
    after=("pick-items", "print-label"),
    group="prepare-shipment",
)

PROMISES = (
    Charge("one-charge", "The customer paid once, or not at all", step="charge-customer"),
    Together(
        "charged-iff-shipped",
        "Charged if and only if a delivery is scheduled",
        step="charge-customer",
        other="schedule-fulfilment",
        alone="charged, but no delivery is scheduled",
        missing="a delivery is scheduled, but not paid",
    ),
    Together(
        "reservations-settled",
        "Stock stays reserved only for a scheduled delivery",
        step="reserve-inventory",
        other="schedule-fulfilment",
        alone="stock is still reserved, but no delivery is scheduled",
        missing="a delivery of unreserved stock",
    ),
    Confirmation(
        "confirmed-once",
        "At most one confirmation, only for a scheduled delivery",
        step="send-confirmation",
        other="schedule-fulfilment",
        repeated="{} confirmations were sent",
        untrue="a confirmation was sent for an order that was not scheduled",
    ),
)
EUROS = "€{}"

SAGAS = (
    Saga(
        name="order",
        title="Order",
        summary="Five local transactions, one after the other, each in its own service.",
        trigger="OrderPlaced",
        steps=(VALIDATE, RESERVE, CHARGE, SCHEDULE, CONFIRM),
        deadline=DEADLINE,
        promises=PROMISES,
        money=EUROS,
    ),
    Saga(
        name="order-parallel",
        title="Order, in parallel",
        summary="Reserving and charging at the same time; fulfilment waits for both.",
        trigger="OrderPlaced",
        steps=(
            VALIDATE,
            RESERVE,
            replace(CHARGE, after=("validate-order",)),
            replace(SCHEDULE, after=("reserve-inventory", "charge-customer")),
            CONFIRM,
        ),
        deadline=DEADLINE,
        promises=PROMISES,
        money=EUROS,
    ),
    Saga(
        name="order-fraud",
        title="Order with fraud check",
        summary="One more step between reserving and charging: who has to change for it?",
        trigger="OrderPlaced",
        steps=(VALIDATE, RESERVE, CHECK_FRAUD, replace(CHARGE, after=("check-fraud",)), SCHEDULE, CONFIRM),
        deadline=DEADLINE,
        promises=PROMISES,
        money=EUROS,
    ),
    Saga(
        name="order-hybrid",
        title="Order with prepared shipment",
        summary="Picking and labelling at the same time, then packing: a part that can be choreographed inside.",
        trigger="OrderPlaced",
        steps=(
            VALIDATE,
            RESERVE,
            CHARGE,
            PICK,
            LABEL,
            PACK,
            replace(SCHEDULE, after=("pack-shipment",)),
            CONFIRM,
        ),
        deadline=DEADLINE,
        promises=PROMISES,
        money=EUROS,
    ),
    Saga(
        name="order-long",
        title="Order, long-running",
        summary="Fulfilment waits three days for the courier before it schedules the delivery.",
        trigger="OrderPlaced",
        steps=(
            VALIDATE,
            RESERVE,
            CHARGE,
            replace(SCHEDULE, wait=3 * DAY, timeout=3 * DAY + SCHEDULE.timeout),
            CONFIRM,
        ),
        deadline=replace(DEADLINE, seconds=3 * DAY + DEADLINE.seconds),
        promises=PROMISES,
        money=EUROS,
    ),
)
