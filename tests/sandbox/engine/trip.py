"""Sagas of another domain than the shop's: a trip, and a grand tour with more actors than any saga of the shop."""

from dataclasses import replace

from sandbox.definitions.model import Account, Action, Deadline, Refusal, RetryPolicy, Saga, Service, Step, Undo, Unit
from sandbox.definitions.promises import Charge, Confirmation, Reservation, Together
from sandbox.definitions.sagas import final_on
from sandbox.definitions.terms import StepKind


def counted(name, title, icon, source, target):
    """Returns a service with one account to take from and one to fill, one unit for each trip."""
    return Service(name, title, icon, (Account(source, Unit.ORDER, opening=3), Account(target, Unit.ORDER)))


SEATS = (
    Account("seats free", Unit.ITEM, opening=9),
    Account("seats held", Unit.ITEM),
    Account("seats ticketed", Unit.ITEM),
)
FUNDS = (Account("traveller", Unit.CENT, opening=100_000), Account("agency", Unit.CENT))
SERVICES = (
    Service("airline", "Airline", "plane", SEATS),
    counted("hotel", "Hotel", "bed", "rooms free", "rooms booked"),
    counted("cars", "Car hire", "car", "cars free", "cars rented"),
    Service("bank", "Bank", "landmark", FUNDS),
    counted("desk", "Travel desk", "mail", "plans to send", "plans sent"),
    counted("consulate", "Consulate", "stamp", "visas blank", "visas granted"),
    counted("insurance", "Insurance", "umbrella", "forms open", "forms signed"),
    counted("clinic", "Clinic", "syringe", "doses left", "doses given"),
    counted("guides", "Guides", "map", "guides idle", "guides engaged"),
    counted("museum", "Museum", "landmark", "entries left", "entries kept"),
    counted("theatre", "Theatre", "ticket", "boxes empty", "boxes kept"),
)
UNLIMITED = RetryPolicy(maximum_attempts=0)


def booking(service, source, target, does, says, *after):
    """Returns a step with a refusal and an undo: `does` as in "book-room", `says` as in ("BookRoom", "RoomBooked")."""
    verb, what = does.split("-")
    command, done = says
    return Step(
        do=Action(does, command, done),
        undo=Undo(f"drop-{what}", f"Drop{what.title()}", f"{what.title()}Dropped", f"No{what.title()}ToDrop"),
        refusal=Refusal(f"No{what.title()}", f"no {what} to {verb}", f"{what.title()}Failed"),
        retry=final_on(f"No{what.title()}"),
        service=service,
        source=source,
        target=target,
        after=after,
    )


HOLD = booking("airline", "seats free", "seats held", "hold-seat", ("HoldSeat", "SeatHeld"))
ROOM = booking("hotel", "rooms free", "rooms booked", "book-room", ("BookRoom", "RoomBooked"), "hold-seat")
CAR = booking("cars", "cars free", "cars rented", "rent-car", ("RentCar", "CarRented"), "hold-seat")
PAY = Step(
    do=Action("pay-trip", "PayTrip", "TripPaid"),
    refusal=Refusal("LimitReached", "credit limit reached", "PaymentFailed"),
    retry=final_on("LimitReached"),
    service="bank",
    source="traveller",
    target="agency",
    after=("book-room", "rent-car"),
    kind=StepKind.PIVOT,
)
TICKET = Step(
    do=Action("issue-ticket", "IssueTicket", "TicketIssued"),
    service="airline",
    source="seats held",
    target="seats ticketed",
    after=("pay-trip",),
    kind=StepKind.RETRIABLE,
    retry=UNLIMITED,
)
SEND = Step(
    do=Action("send-plan", "SendPlan", "PlanSent"),
    service="desk",
    source="plans to send",
    target="plans sent",
    after=("issue-ticket",),
    kind=StepKind.RETRIABLE,
    retry=UNLIMITED,
)
PROMISES = (
    Charge("one-payment", "The trip was paid once, or not at all", step="pay-trip"),
    Together(
        "paid-iff-ticketed",
        "Paid if and only if a ticket is issued",
        step="pay-trip",
        other="issue-ticket",
        alone="paid, but no ticket is issued",
        missing="a ticket is issued, but not paid",
    ),
    Together(
        "room-iff-ticketed",
        "A room stays booked only for a traveller with a ticket",
        step="book-room",
        other="issue-ticket",
        alone="a room is still booked, but no ticket is issued",
        missing="a ticket is issued, but there is no room",
    ),
    Reservation("no-seat-held", "No seat is held for nobody", step="hold-seat", left="a seat is still held"),
    Confirmation(
        "plan-sent-once",
        "At most one plan, only for a traveller with a ticket",
        step="send-plan",
        other="issue-ticket",
        repeated="{} plans were sent",
        untrue="a plan was sent for a trip without a ticket",
    ),
)
TRIP = Saga(
    name="trip",
    title="A trip",
    summary="A flight, a room and a car, paid when all three are certain.",
    trigger="TripWished",
    steps=(HOLD, ROOM, CAR, PAY, TICKET, SEND),
    deadline=Deadline(30.0, timer="TripDeadline", event="TripExpired"),
    promises=PROMISES,
    money="{} francs",
)
STAGES = (
    booking("consulate", "visas blank", "visas granted", "grant-visa", ("GrantVisaForTrip", "VisaForTripGranted")),
    booking("insurance", "forms open", "forms signed", "sign-policy", ("SignPolicy", "PolicySigned"), "grant-visa"),
    booking("clinic", "doses left", "doses given", "give-dose", ("GiveDose", "DoseGiven"), "sign-policy"),
    booking("airline", "seats free", "seats held", "hold-seat", ("HoldSeat", "SeatHeld"), "give-dose"),
    booking("hotel", "rooms free", "rooms booked", "book-room", ("BookRoom", "RoomBooked"), "hold-seat"),
    booking("cars", "cars free", "cars rented", "rent-car", ("RentCar", "CarRented"), "book-room"),
    booking("guides", "guides idle", "guides engaged", "engage-guide", ("EngageGuide", "GuideEngaged"), "rent-car"),
    booking("museum", "entries left", "entries kept", "keep-entry", ("KeepEntry", "EntryKept"), "engage-guide"),
    booking("theatre", "boxes empty", "boxes kept", "keep-box", ("KeepBox", "BoxKept"), "keep-entry"),
)
# Twelve actors with its traveller, thirteen with an orchestrator.
TOUR = Saga(
    name="tour",
    title="A grand tour",
    summary="Eleven services, one after the other.",
    trigger="TourWished",
    steps=(
        *STAGES,
        replace(PAY, after=("keep-box",)),
        replace(SEND, after=("pay-trip",)),
    ),
    promises=PROMISES[:1],
    money="{} francs",
)
SAGAS = (TRIP, TOUR)
