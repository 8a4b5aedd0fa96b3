"""What the picture of a run shows of its board."""

from dataclasses import dataclass
from functools import cached_property

from sandbox.engine.projection.board import Board, DeliveryView
from sandbox.render.diagram.marks import GoalMark, Marks, marks_of

Flights = dict[tuple[str, str | None], list[DeliveryView]]
Key = tuple[str, str | None, str]
Taken = frozenset[Key]


@dataclass(frozen=True)
class LiveState:
    """What a picture shows of a run: its board, the seconds that a message travels, and the page's address.

    `tag` begins the ids of the forms on that page with which the learner delivers the messages that are held. A run of
    a lab has a `goal` once it has reached it.
    """

    board: Board
    travel: float = 0.0
    address: str = ""
    tag: str = ""
    goal: GoalMark | None = None

    @cached_property
    def flights(self) -> Flights:
        """Returns the messages on their way, without timers, by sender and receiver."""
        found: Flights = {}
        for delivery in self.board.in_flight:
            if not delivery.is_timer:
                found.setdefault((delivery.sender, delivery.receiver), []).append(delivery)
        return found

    @cached_property
    def marks(self) -> Marks:
        """Returns what went wrong so far, and where."""
        return marks_of(self.board)

    def goal_at(self, *place: str) -> str:
        """Returns the text that marks this actor, or the arrow between these two, as where the goal was reached."""
        return self.goal.text if self.goal and self.goal.place == place else ""

    @cached_property
    def taken(self) -> Taken:
        """Returns the hops that were taken so far; a message that was lost did not take its hop."""
        heard_as = self.board.plan.heard_as
        return frozenset((a.sender, a.receiver, heard_as(a.name)) for a in self.board.deliveries.values() if not a.lost)

    def passed(self, sender: str, receiver: str) -> list[str]:
        """Returns what was sent along a link, as it is heard, in order; what was lost did not pass, unless all was."""
        heard_as, ends = self.board.plan.heard_as, (sender, receiver)
        sent = [one for one in self.board.deliveries.values() if (one.sender, one.receiver) == ends]
        return [heard_as(one.name) for one in sent if not one.lost] or [heard_as(one.name) for one in sent]

    @cached_property
    def lost(self) -> Taken:
        """Returns the hops whose every message was lost."""
        return frozenset(self.sent) - self.taken

    @cached_property
    def sent(self) -> dict[Key, str]:
        """Returns the hops along which something was sent so far, each with the name of the message sent last.

        That can be a message that stands for the hop's own.
        """
        heard_as = self.board.plan.heard_as
        return {(a.sender, a.receiver, heard_as(a.name)): a.name for a in self.board.deliveries.values()}
