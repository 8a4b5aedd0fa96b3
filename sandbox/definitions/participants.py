"""The services of the shop and their ledgers. A new service is one more entry."""

from sandbox.definitions.model import Account, Service, Unit

SERVICES = (
    Service(
        name="order",
        title="Order",
        icon="clipboard-check",
        accounts=(Account("orders allowed", Unit.ORDER, opening=1), Account("orders accepted", Unit.ORDER)),
    ),
    Service(
        name="inventory",
        title="Inventory",
        icon="package",
        accounts=(
            Account("available", Unit.ITEM, opening=10, scarce=True),
            Account("reserved", Unit.ITEM),
            Account("picks to do", Unit.ORDER, opening=1),
            Account("picks done", Unit.ORDER),
        ),
    ),
    Service(
        name="payment",
        title="Payment",
        icon="credit-card",
        accounts=(Account("customer", Unit.CENT, opening=100_000), Account("merchant", Unit.CENT)),
    ),
    Service(
        name="fulfilment",
        title="Fulfilment",
        icon="truck",
        accounts=(
            Account("courier slots", Unit.ORDER, opening=3),
            Account("scheduled", Unit.ORDER),
            Account("labels blank", Unit.ORDER, opening=1),
            Account("labels printed", Unit.ORDER),
        ),
    ),
    Service(
        name="notification",
        title="Notification",
        icon="mail",
        accounts=(Account("to send", Unit.ORDER, opening=3), Account("sent", Unit.ORDER)),
    ),
    Service(
        name="fraud",
        title="Fraud check",
        icon="shield-check",
        accounts=(Account("checks open", Unit.ORDER, opening=1), Account("checks passed", Unit.ORDER)),
    ),
    Service(
        name="warehouse",
        title="Warehouse",
        icon="warehouse",
        accounts=(Account("boxes empty", Unit.ORDER, opening=1), Account("boxes packed", Unit.ORDER)),
    ),
)
