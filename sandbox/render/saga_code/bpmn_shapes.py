"""The shapes and lines of a BPMN diagram, with their places in pixels: x grows to the right, y downwards."""

from dataclasses import dataclass
from enum import StrEnum

Point = tuple[int, int]
# Width and height of a shape, by its element in BPMN.
SIZES = {
    "serviceTask": (120, 80),
    "startEvent": (36, 36),
    "intermediateCatchEvent": (36, 36),
    "intermediateThrowEvent": (36, 36),
    "boundaryEvent": (36, 36),
    "endEvent": (36, 36),
    "parallelGateway": (50, 50),
    "exclusiveGateway": (50, 50),
}


class Trigger(StrEnum):
    """What an event waits for, or throws."""

    MESSAGE = "message"
    TIMER = "timer"
    ERROR = "error"
    COMPENSATE = "compensate"


@dataclass(frozen=True, slots=True)
class Box:
    """A place with its left upper corner, its width and its height."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class FlowNode:
    """A shape around the point (x, y), or, of a sub-process, with `above` of its height above this point.

    `tag` is its element in BPMN, `scope` the id of the sub-process that it is in. Flows enter and leave it at height y.
    `value` is what its trigger needs: the id of a message or an error, or a duration in ISO 8601. A boundary event
    stands on the edge of the activity `attached_to`.
    """

    tag: str
    id: str
    name: str
    x: int
    y: int
    scope: str = ""
    trigger: Trigger | None = None
    value: str = ""
    attached_to: str = ""
    is_handler: bool = False
    documentation: str = ""
    label: Box | None = None
    size: Point | None = None
    above: int | None = None

    @property
    def box(self) -> Box:
        width, height = self.size or SIZES[self.tag]
        above = height // 2 if self.above is None else self.above
        return Box(self.x - width // 2, self.y - above, width, height)

    @property
    def left(self) -> Point:
        return self.box.left, self.y

    @property
    def right(self) -> Point:
        return self.box.left + self.box.width, self.y

    @property
    def top(self) -> Point:
        return self.x, self.box.top

    @property
    def bottom(self) -> Point:
        return self.x, self.box.top + self.box.height


@dataclass(frozen=True)
class Connection:
    """A line through these points: a sequence flow, or the association of a boundary event with what compensates."""

    source: FlowNode
    target: FlowNode
    points: tuple[Point, ...]
    is_association: bool = False

    @property
    def id(self) -> str:
        return f"{self.source.id}_to_{self.target.id}"


@dataclass(frozen=True, slots=True)
class Diagram:
    """All shapes and lines of a process. A sub-process comes before what is in it."""

    nodes: tuple[FlowNode, ...]
    lines: tuple[Connection, ...]


def across(source: FlowNode, target: FlowNode) -> Connection:
    """Returns a flow to the right. To another row it leaves a gateway below, or enters one from below."""
    if source.y == target.y:
        return Connection(source, target, (source.right, target.left))
    if source.tag == "parallelGateway":
        return Connection(source, target, (source.bottom, (source.x, target.y), target.left))
    return Connection(source, target, (source.right, (target.x, source.y), target.bottom))


def upwards(source: FlowNode, target: FlowNode) -> Connection:
    """Returns a flow straight up."""
    return Connection(source, target, (source.top, (source.x, target.bottom[1])))


def up_and_right(source: FlowNode, target: FlowNode) -> Connection:
    """Returns a flow up to the row of its target, and along that row."""
    return Connection(source, target, (source.top, (source.x, target.y), target.left))


def up_and_into(source: FlowNode, target: FlowNode, y: int) -> Connection:
    """Returns a flow up to the height y, to the left, and from there into its target: upwards, or back down."""
    end = target.top if y < target.y else target.bottom
    return Connection(source, target, (source.top, (source.x, y), (target.x, y), end))


def to_handler(source: FlowNode, target: FlowNode) -> Connection:
    """Returns the association of an event with the activity below it that compensates."""
    return Connection(source, target, (source.bottom, target.top), is_association=True)
