"""Says in words what a load has measured, which queue grew, and why."""

from collections.abc import Iterable, Sequence

from sandbox.definitions.registry import title
from sandbox.definitions.terms import SagaStatus
from sandbox.engine.analysis.leg import BUSY, Leg, Limit
from sandbox.engine.analysis.queueing import WaitStats
from sandbox.render.text.format import brief, listed

# Seconds from which on it is worth saying that orders were placed later than they should have arrived.
LATE = 0.25


def arrival(rate: int, *, slow: str, work_ms: int) -> str:
    """Returns how the orders of a load arrive, and who is slow."""
    arrives = f"{rate} a second" if rate else "at once"
    return f"{arrives}, {title(slow)} {work_ms} ms slower" if slow else arrives


def measured(legs: Sequence[Leg], *, machine: str) -> str:
    """Returns what ended parts of a load have measured; `machine` begins with its number of cores."""
    if not legs or any(leg.order_median is None for leg in legs):
        return ""
    if len({(leg.limit, leg.limiting_actor and leg.limiting_actor.actor) for leg in legs}) == 1:
        return SENTENCES[legs[0].limit](legs, machine)
    return " ".join(f"{leg.style.capitalize()}: {SENTENCES[leg.limit]([leg], machine)}" for leg in legs)


def _arrivals(legs: Sequence[Leg], machine: str) -> str:
    times = _against(brief(leg.order_median or 0.0) for leg in legs)
    return (
        f"Orders ended as fast as they arrived, so this measures the {legs[0].rate} a second that you chose. "
        f"What coordination costs shows in the time of an order: {times}."
    )


def _processors(legs: Sequence[Leg], machine: str) -> str:
    messages = _against(f"{leg.messages_per_order:.3g}" for leg in legs)
    whose = "either style" if len(legs) > 1 else legs[0].style
    return (
        f"{_cores(machine)} {_busy(legs)} busy, so this measures {messages} messages per order on this machine, "
        f"not the limit of {whose}."
    )


def _actor(legs: Sequence[Leg], machine: str) -> str:
    found = [(leg, one) for leg in legs if (one := leg.limiting_actor)]
    who, work = title(found[0][1].actor), listed(dict.fromkeys(brief(one.work) for _, one in found))
    share = _listed_shares([leg.busy(one) for leg, one in found])
    what = "the work that you gave it" if all(one.actor == leg.slow for leg, one in found) else who
    return f"{who} was busy {share} of the time, {work} with each message, so this measures {what}, not a style."


def _nothing(legs: Sequence[Leg], machine: str) -> str:
    if any(leg.processor is None for leg in legs):
        return "No service was busy all the time; how busy the processor was is not known on this system."
    return (
        f"{_cores(machine)} only {_busy(legs)} busy, and no service was busy all the time, so this measures how the "
        "messages of an order follow each other, with little in their way."
    )


SENTENCES = {
    Limit.ARRIVAL: _arrivals,
    Limit.PROCESSOR: _processors,
    Limit.ACTOR: _actor,
    Limit.NONE: _nothing,
}


def _cores(machine: str) -> str:
    count = machine.partition(" ")[0]
    return "The one core was" if count == "1" else f"The {count} cores were"


def _busy(legs: Sequence[Leg]) -> str:
    return _listed_shares([leg.processor or 0.0 for leg in legs])


def _listed_shares(shares: Sequence[float]) -> str:
    return listed(dict.fromkeys(f"{min(share, 1.0):.0%}" for share in shares))


def _against(parts: Iterable[str]) -> str:
    return " against ".join(dict.fromkeys(parts))


def waiting_now(leg: Leg) -> str:
    """Returns for whom most messages wait in a part of a load that is not over yet."""
    longest = max(leg.waits, key=lambda one: one.now, default=None)
    if longest is None or not longest.now:
        return ""
    return f"Most messages wait for {title(longest.actor)}: {longest.now} now, {longest.most} at the most so far."


def queue(leg: Leg) -> str:
    """Returns where the messages of a part of a load waited longest, why, and what came of it."""
    worst = leg.bottleneck
    if worst is None:
        return ""
    with_queue = _grown if leg.rate else _long
    explain = with_queue if worst.has_queue else _no_queue
    return " ".join(filter(None, (explain(leg, worst), _taken_back(leg), _late(leg))))


def _no_queue(leg: Leg, worst: WaitStats) -> str:
    if leg.rate and (most := leg.most_work):
        return f"No queue built up. Most work is {title(most.actor)}'s: {_sum_of_work(leg, most)}."
    within = brief(worst.median)
    return f"No queue built up: even at {title(worst.actor)}, half of the messages were handled within {within}."


def _grown(leg: Leg, worst: WaitStats) -> str:
    who, work = title(worst.actor), leg.arriving(worst)
    if work > leg.capacity(worst.actor):
        return f"{who}'s queue grew to {worst.most} messages: {_sum_of_work(leg, worst)}."
    if leg.is_processor_busy:
        return (
            f"Messages to {who} waited longest, {worst.most} at the most. Their work is only {work:.2f} s a second: "
            f"they waited for the machine's processor, which was busy {leg.processor:.0%} of the time."
        )
    longest = f"{who}'s queue was the longest, {worst.most} at the most, and did not go on growing"
    return f"{longest}: {_sum_of_work(leg, worst)}."


def _sum_of_work(leg: Leg, one: WaitStats) -> str:
    processes = leg.capacity(one.actor)
    can = "one process does 1 s" if processes == 1 else f"{processes} processes do {processes} s"
    return (
        f"{leg.rate} orders per second, {_count(leg.messages_of(one))} of {brief(one.work)} each, "
        f"make {leg.arriving(one):.2f} s of work a second, and {can}"
    )


def _count(messages: float) -> str:
    return f"{messages:.3g} {'message' if messages == 1 else 'messages'}"


def _long(leg: Leg, worst: WaitStats) -> str:
    where = (
        f"Messages to {title(worst.actor)} waited longest: half of them {brief(worst.median)} or more, "
        f"and {worst.most} at once at the most."
    )
    if worst.actor == leg.slow and worst.work:
        most = leg.capacity(worst.actor) / worst.work
        return f"{where} It works {brief(worst.work)} on each, so it handles at most {most:.1f} a second."
    return f"{where} {_room(leg.processor)}" if leg.processor is not None else where


def _room(processor: float) -> str:
    share = f"The machine's processor was busy {processor:.0%} of the time"
    if processor >= BUSY:
        return f"{share}, so a second process has little to gain here."
    return f"{share}, so there was room for a second process."


def _taken_back(leg: Leg) -> str:
    back = dict(leg.statuses).get(SagaStatus.COMPENSATED, 0)
    if not back:
        return ""
    return f"{back} {'order' if back == 1 else 'orders'} waited for longer than a timeout allows, and had to be undone."


def _late(leg: Leg) -> str:
    if leg.lateness < LATE:
        return ""
    return f"The clock fell behind: orders came up to {brief(leg.lateness)} late, and closer together after that."
