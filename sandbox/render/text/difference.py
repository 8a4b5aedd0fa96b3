"""Puts the comparison of two runs into words: who decided first, then each line with its two values."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch

from sandbox.definitions.registry import title
from sandbox.definitions.terms import SagaStatus, Style, Verb
from sandbox.engine.analysis.comparison import Actors, Broken, Decided, Hops, Seconds, Value, compare
from sandbox.engine.analysis.decisions import Decision, decisions
from sandbox.engine.analysis.detection import Detection
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.plan.model import Plan
from sandbox.render.text.format import listed, seconds
from sandbox.render.text.names import named
from sandbox.render.text.words import STATUS, sentence, undo_name, who


@dataclass(frozen=True, slots=True)
class ValueInWords:
    """A value in a few words, and in `more` words for those who want the details."""

    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of the table. It counts as different where its words differ, since only these are shown.

    Where the sandbox's own settings decide the value, `set_by` names them.
    """

    name: str
    title: str
    one: ValueInWords
    other: ValueInWords
    set_by: str = ""

    @property
    def differs(self) -> bool:
        return self.one != self.other

    @property
    def is_setting(self) -> bool:
        """Returns whether it differs for a reason that is no matter of style."""
        return self.differs and bool(self.set_by)


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """How one run answers the question: in which run, who it was, and how that shows."""

    where: str
    who: str
    how: str

    def __str__(self) -> str:
        return f"{self.where} {self.who}: {self.how}"


@dataclass(frozen=True, slots=True)
class WhoDecided:
    """The main question of the comparison, and how each of the two runs answers it."""

    question: str
    one: RunAnswer
    other: RunAnswer


@dataclass(frozen=True, slots=True)
class Difference:
    """The whole comparison in words. `headings` tell the two runs apart."""

    headings: tuple[str, str]
    answer: WhoDecided
    rows: tuple[ComparedLine, ...]

    @property
    def differing(self) -> list[ComparedLine]:
        """Returns the lines that differ, those last that differ by settings of the sandbox."""
        return sorted((row for row in self.rows if row.differs), key=lambda row: row.is_setting)

    @property
    def same(self) -> list[ComparedLine]:
        return [row for row in self.rows if not row.differs]


def difference(one: RunRecord, other: RunRecord, *, names: tuple[str, str] | None = None) -> Difference:
    """Returns the comparison of two runs, as far as they are, in words; without `names` these are their styles."""
    named = names or headings(one.plan.style, other.plan.style)
    rows = (
        ComparedLine(
            row.line.name,
            row.line.title,
            in_words(row.one, one.plan),
            in_words(row.other, other.plan),
            row.line.set_by,
        )
        for row in compare(one, other)
    )
    return Difference(named, answer(one, other, named), tuple(rows))


def headings(one: Style, other: Style) -> tuple[str, str]:
    """Returns the names of the two runs: their styles or, in the same style, their order."""
    if one is other:
        return f"First {one}", f"Second {other}"
    return one.capitalize(), other.capitalize()


def answer(one: RunRecord, other: RunRecord, names: tuple[str, str]) -> WhoDecided:
    """Returns who decided what was undone, if either run had to compensate, or else what came next."""
    is_compensated = any(record.board.failures for record in (one, other))
    verb, question = (Verb.UNDO, "was undone") if is_compensated else (Verb.DO, "came next")
    runs = zip(names, (one, other), strict=True)
    answers = (RunAnswer(f"In the {name.lower()}", *_deciders(run, verb)) for name, run in runs)
    return WhoDecided(f"Who decided what {question}?", *answers)


def _deciders(run: RunRecord, verb: Verb) -> tuple[str, str]:
    made = decisions(run, verb)
    if not made:
        nothing = "nothing was undone" if verb is Verb.UNDO else "nothing was done"
        return "nobody", f"{nothing}." if run.board.is_ended else f"{nothing} so far."
    own, commanded = [d for d in made if d.is_own], [d for d in made if not d.is_own]
    answers = [
        (named(by), f"it commanded {_commands(commanded, by)}.") for by in dict.fromkeys(d.by for d in commanded)
    ]
    answers += [(_each(own), f"{_reasons(own, run.plan)}.")] if own else []
    (who_first, how), *others = answers
    return who_first, " ".join([how, *(f"Beside it, {other}: {why}" for other, why in others)])


def _commands(commanded: Iterable[Decision], by: str) -> str:
    return listed(dict.fromkeys(decision.trigger for decision in commanded if decision.by == by))


def _each(own: Iterable[Decision]) -> str:
    return "each service for itself" if len({decision.actor for decision in own}) > 1 else "the service itself"


def _reasons(own: Iterable[Decision], plan: Plan) -> str:
    return "; ".join(f"{title(d.actor)} ran {_act(d, plan)} because it heard {d.trigger}" for d in own)


def _act(decision: Decision, plan: Plan) -> str:
    return undo_name(plan, decision.step) if decision.verb is Verb.UNDO else decision.step


@singledispatch
def in_words(value: Value, plan: Plan) -> ValueInWords:
    """Returns a value of the comparison in words. A new kind of value is one more of these functions."""
    return ValueInWords(str(value))


@in_words.register
def _names(value: tuple, plan: Plan) -> ValueInWords:  # type: ignore[type-arg]
    return _name_list(list(value), nothing="None")


@in_words.register
def _status(value: SagaStatus, plan: Plan) -> ValueInWords:
    return ValueInWords(STATUS[value][0])


@in_words.register
def _actors(value: Actors, plan: Plan) -> ValueInWords:
    return _name_list([title(name) for name in value.names], nothing="Nobody")


@in_words.register
def _hops(value: Hops, plan: Plan) -> ValueInWords:
    times = Counter(f"{title(sender)} → {title(receiver)}" for sender, receiver in value.taken)
    ways = (way if count == 1 else f"{way} ({count} times)" for way, count in times.items())
    return ValueInWords(str(len(value.taken)), ", ".join(ways))


@in_words.register
def _decided(value: Decided, plan: Plan) -> ValueInWords:
    own = list(dict.fromkeys(title(decision.actor) for decision in value.each if decision.is_own))
    commanded = Counter(decision.by for decision in value.each if not decision.is_own)
    if not value.each:
        return ValueInWords("Nobody: there was nothing to decide")
    if not commanded:
        return ValueInWords("Each service for itself" if len(own) > 1 else "The service itself", ", ".join(own))
    total = len(value.each)
    if not own and len(commanded) == 1:
        (by,) = commanded
        return ValueInWords(f"{title(by)}: all {total}" if total > 1 else title(by))
    counted = ", ".join(f"{title(by)}: {count} of {total}" for by, count in commanded.items())
    return ValueInWords(counted, _besides(own))


def _besides(own: list[str]) -> str:
    return f"for themselves: {', '.join(own)}" if len(own) > 1 else f"for itself: {', '.join(own)}" if own else ""


@in_words.register
def _broken(value: Broken, plan: Plan) -> ValueInWords:
    stays = f"If it stays so: {'; '.join(value.if_final)}" if value.if_final else ""
    if value.titles:
        return ValueInWords(f"{len(value.titles)}", "; ".join(filter(None, [*value.titles, stays])))
    return ValueInWords("None so far" if stays else "None", stays)


@in_words.register
def _seconds(value: Seconds, plan: Plan) -> ValueInWords:
    return ValueInWords("Not ended yet" if value.value is None else seconds(value.value))


@in_words.register
def _notice(value: Detection, plan: Plan) -> ValueInWords:
    if value.cause is None:
        return ValueInWords("Nothing went wrong")
    if value.detected_by is None:
        return ValueInWords("Nobody noticed", f"{who(value.cause)} {sentence(value.cause, plan)}")
    if value.after == 0.0:
        return ValueInWords(f"At once, by {title(value.detected_by.actor)}")
    soon = seconds(value.after)
    return ValueInWords(soon, f"{who(value.detected_by)} {sentence(value.detected_by, plan)}")


def _name_list(names: list[str], *, nothing: str) -> ValueInWords:
    """Returns the names; more than two are counted first."""
    if not names:
        return ValueInWords(nothing)
    return ValueInWords(", ".join(names)) if len(names) <= 2 else ValueInWords(str(len(names)), ", ".join(names))
