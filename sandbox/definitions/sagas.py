"""The sagas that the sandbox runs. A new saga, or a new step of one, is one more entry."""

from dataclasses import replace

from sandbox.definitions.records import Action, Refusal, Saga, Step
from sandbox.definitions.terms import StepKind

VALIDATE = Step(
    do=Action("validate-order", "ValidateOrder", "OrderValidated"),
    undo=Action("cancel-order", "CancelOrder", "OrderCancelled"),
    refusal=Refusal("OrderRejected", "order limit reached"),
    service="order",
    source="orders allowed",
    target="orders accepted",
)
RESERVE = Step(
    do=Action("reserve-inventory", "ReserveInventory", "InventoryReserved"),
    undo=Action("release-inventory", "ReleaseInventory", "InventoryReleased"),
    refusal=Refusal("OutOfStock", "out of stock"),
    service="inventory",
    source="available",
    target="reserved",
    after=("validate-order",),
)
CHARGE = Step(
    do=Action("charge-customer", "ChargeCustomer", "CustomerCharged"),
    undo=Action("refund-customer", "RefundCustomer", "CustomerRefunded"),
    refusal=Refusal("CardDeclined", "card declined"),
    service="payment",
    source="customer",
    target="merchant",
    after=("reserve-inventory",),
)
SCHEDULE = Step(
    do=Action("schedule-fulfilment", "ScheduleFulfilment", "FulfilmentScheduled"),
    refusal=Refusal("NoCourier", "no courier"),
    service="fulfilment",
    source="courier slots",
    target="scheduled",
    after=("charge-customer",),
    kind=StepKind.PIVOT,
)
CONFIRM = Step(
    do=Action("send-confirmation", "SendConfirmation", "ConfirmationSent"),
    service="notification",
    source="to send",
    target="sent",
    after=("schedule-fulfilment",),
    kind=StepKind.RETRIABLE,
)

SAGAS = (
    Saga(
        name="order",
        title="Order",
        summary="Five local transactions, one after the other, each in its own service.",
        trigger="OrderPlaced",
        steps=(VALIDATE, RESERVE, CHARGE, SCHEDULE, CONFIRM),
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
    ),
)
