"""Decides from a few measures whether a question is covered, as learnt from questions of which that is known.

`manage.py evaluateask --fit` learns the weights from the lines and topics of the authors, and from the tuning half of
the evaluation set, and stores them.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from statistics import pstdev

FILE = Path(__file__).with_name("calibration.json")
ROUNDS, STEP, DECAY = 1_000, 0.5, 0.002


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of a question beside the passages.

    `lead` is by how much the passages are nearer than the topics that are not covered, `shared` by how much more of the
    question's words one passage has than one topic, `strange` the share of these words that no passage has.
    """

    lead: float
    shared: float
    strange: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the measures; a question counts as covered from the threshold on."""

    weights: Mapping[str, float]
    threshold: float

    def confidence(self, measures: Measures) -> float:
        """Returns how sure it is that the question is covered: the higher, the surer."""
        return sum((self.weights[name] * value for name, value in asdict(measures).items()), 0.0)

    def is_covered(self, measures: Measures) -> bool:
        return self.confidence(measures) >= self.threshold


@cache
def calibration(*, by_meaning: bool) -> Calibration:
    """Returns what was learnt, for questions that are compared by meaning too, or by words alone."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))["by meaning" if by_meaning else "by words"]
    return Calibration(stored["weights"], stored["threshold"])


def learn(groups: Sequence[Sequence[Measures]], others: Sequence[Measures], *, refused: float) -> Calibration:
    """Learns weights by logistic regression from groups of covered questions, and from others.

    The threshold refuses at most that share of each group.
    """
    covered = [one for group in groups for one in group]
    names = list(asdict(covered[0]))
    spreads = [pstdev(getattr(one, name) for one in (*covered, *others)) or 1.0 for name in names]
    rows = [(1.0, _scaled(one, spreads), 0.5 / len(covered)) for one in covered]
    rows += [(0.0, _scaled(one, spreads), 0.5 / len(others)) for one in others]
    weights, bias = [0.0] * len(names), 0.0
    for _ in range(ROUNDS):
        slopes, slope = [DECAY * weight for weight in weights], 0.0
        for wanted, values, counts in rows:
            given = sum(w * v for w, v in zip(weights, values, strict=True)) + bias
            error = counts * (1 / (1 + math.exp(-given)) - wanted)
            slopes = [s + error * v for s, v in zip(slopes, values, strict=True)]
            slope += error
        weights = [w - STEP * s for w, s in zip(weights, slopes, strict=True)]
        bias -= STEP * slope
    found = Calibration({n: w / s for n, w, s in zip(names, weights, spreads, strict=True)}, 0.0)
    return Calibration(found.weights, min(_threshold(found, group, refused) for group in groups))


def _threshold(found: Calibration, group: Sequence[Measures], refused: float) -> float:
    return sorted(found.confidence(one) for one in group)[int(refused * len(group))]


def _scaled(one: Measures, spreads: Sequence[float]) -> list[float]:
    return [value / spread for value, spread in zip(asdict(one).values(), spreads, strict=True)]


def store(found: Mapping[bool, Calibration]) -> None:
    """Stores what was learnt, by meaning and by words."""
    kept = {"by meaning" if by_meaning else "by words": asdict(one) for by_meaning, one in found.items()}
    FILE.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    calibration.cache_clear()
