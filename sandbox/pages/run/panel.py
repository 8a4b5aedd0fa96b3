"""A run's page as a template shows it: its fragments by name, and the rows in order."""

from functools import cached_property

from django.utils.safestring import SafeString, mark_safe

from sandbox.definitions.registry import title
from sandbox.engine.plan.model import Plan
from sandbox.pages.run.fragments import Fragment, RenderedPage, rendered_page
from sandbox.pages.run.frames import as_of
from sandbox.pages.run.regions import CSRF_BLANK
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.svg import opening_tag


class Panel:
    """A run's page as of one moment, with what is always as of now; `token` is the page's own CSRF token.

    `live` are the fragments that belong to no moment.
    """

    unit = "fact"

    def __init__(self, shown: RenderedPage, now: RenderedPage, token: str, *, live: tuple[Fragment, ...]) -> None:
        self.shown, self.now, self._token, self._live = shown, now, token, live

    @property
    def run_id(self) -> str:
        return self.now.snapshot.run_id

    @property
    def address(self) -> str:
        """Returns where the run's page is."""
        return self.now.snapshot.address

    @property
    def seq(self) -> int:
        """Returns the number of the fact that is shown."""
        return self.shown.seq

    @property
    def offset(self) -> float:
        """Returns the seconds from the run's first fact to the one that is shown."""
        board = self.shown.snapshot.board
        return board.seconds_at(board.at)

    @property
    def last(self) -> int:
        """Returns the number of the newest fact."""
        return self.now.seq

    @property
    def is_past(self) -> bool:
        return self.seq < self.last

    @property
    def plan(self) -> Plan:
        return self.now.snapshot.board.plan

    @cached_property
    def fragment(self) -> dict[str, SafeString]:
        """Returns every region by its name."""
        regions = (self._latest(fragment) for fragment in self.shown.fragments.values() if not fragment.into)
        return {fragment.name: self._html(fragment) for fragment in (*regions, *self._live)}

    @cached_property
    def rows(self) -> dict[str, list[SafeString]]:
        """Returns the fragments that are appended to another, by the name of that one."""
        found: dict[str, list[SafeString]] = {}
        for fragment in self.shown.fragments.values():
            if fragment.into:
                found.setdefault(fragment.into, []).append(self._html(fragment))
        return found

    @property
    def drawings(self) -> list[tuple[Shape, SafeString]]:
        """Returns the opening markup of the picture in each shape; its pieces are among the rows."""
        tag = self.now.snapshot.tag
        return [(shape, mark_safe(opening_tag(draw(self.plan, shape), name=tag, live=True))) for shape in Shape]  # noqa: S308

    @property
    def actors(self) -> list[tuple[str, str]]:
        """Returns everyone who takes part, with the name that people read."""
        return [(actor, title(actor)) for actor in self.plan.actors]

    def _latest(self, fragment: Fragment) -> Fragment:
        return self.now.fragments[fragment.name] if fragment.live else fragment

    def _html(self, fragment: Fragment) -> SafeString:
        """Marks the HTML as safe, since each fragment was escaped by its template."""
        return mark_safe(fragment.html.replace(CSRF_BLANK, self._token))  # noqa: S308


def panel_at(seq: int | None, now: RenderedPage, token: str, *, live: tuple[Fragment, ...]) -> Panel:
    """Returns a run's panel as of fact `seq`, as of now for None and for a fact that the run does not have yet."""
    shown = now if seq is None or seq >= now.seq else rendered_page(as_of(now.snapshot, seq))
    return Panel(shown, now, token, live=live)
