"""The five services of the shop and their ledgers. A new service is one more entry."""

from sandbox.definitions.records import Account, Service, Unit

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
        accounts=(Account("available", Unit.ITEM, opening=10), Account("reserved", Unit.ITEM)),
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
        accounts=(Account("courier slots", Unit.ORDER, opening=3), Account("scheduled", Unit.ORDER)),
    ),
    Service(
        name="notification",
        title="Notification",
        icon="mail",
        accounts=(Account("to send", Unit.ORDER, opening=1), Account("sent", Unit.ORDER)),
    ),
)
