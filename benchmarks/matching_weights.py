"""The default weights of matching, estimated from invented records: prints domain/matching_weights.DEFAULT anew.

From the half of the names that is not measured with (docs/matching-quality.md): pairs of one child, and pairs of two
drawn at random, as many from each language and mixed register; then thresholds, over runs through those registers.
"""

import argparse
from dataclasses import replace
from random import Random

from benchmarks.same_child import measuring, registers
from services.registry.domain import matching_estimate as estimating
from services.registry.domain import matching_weights as weighing
from services.registry.domain.matching_comparing import Levels
from services.registry.domain.matching_weights import Likelihood, Weights

ROUNDS = 2
"""Of a child's several readings the best by weights is taken: estimated once more with the weights that come out."""
RANDOM_PAIRS = 10_000
PRECISION = 0.98
"""Asked of `likely` over all registers of the estimate: above what is promised, as other names come."""
POSSIBLE_RECALL = 0.999
LEAST = -7.0
"""No difference weighs more: invented records know only the changes that somebody thought of."""
LOWEST = -100.0
"""Whatever is not barred from being likely is, with this threshold."""

Scored = tuple[float, bool, bool]


def main() -> None:
    """Estimate, choose thresholds, print."""
    asked = _arguments()
    made = {
        name: registers.made(register, asked.children, registers.ESTIMATE, asked.seed)
        for name, register in registers.REGISTERS.items()
    }
    weights = weighing.DEFAULT
    for _ in range(ROUNDS):
        pairs = [
            pair for name in made for pair in _labelled(made[name], registers.REGISTERS[name], weights, asked.seed)
        ]
        weights = _bounded(estimating.estimate(pairs, weighing.DEFAULT, strength=1.0))
    scored: list[Scored] = []
    for name, records in made.items():
        free = replace(weights, likely=LOWEST, possible=LOWEST)
        own = _scored(measuring.Register(records, registers.REGISTERS[name].languages, free))
        at = estimating.threshold([(score, same) for score, same, barred in own if not barred], precision=PRECISION)
        print(f"{name:10} likely {at.threshold:6.1f} (recall {at.recall:.4f})", flush=True)
        scored += own
    likely = estimating.threshold([(score, same) for score, same, barred in scored if not barred], precision=PRECISION)
    right = sorted(score for score, same, _ in scored if same)
    weights = replace(weights, likely=likely.threshold, possible=right[int(len(right) * (1 - POSSIBLE_RECALL))])
    print("    worth={")
    for fact, worth in weights.worth.items():
        print(f'        "{fact}": {{' + ", ".join(f'"{level}": {bits}' for level, bits in worth.items()) + "},")
    print(f"    }},\nlikely={weights.likely}, possible={weights.possible}, expected={weights.expected}")


def _bounded(weights: Weights) -> Weights:
    worth = {
        fact: {level: max(bits, LEAST) for level, bits in levels.items()} for fact, levels in weights.worth.items()
    }
    return replace(weights, worth=worth)


def _labelled(
    records: list[registers.Record], register: registers.Register, weights: Weights, seed: int
) -> list[tuple[Levels, bool]]:
    likenesses = measuring.likenesses(records, register.languages, family=True)
    same = [(record.person, record.number) for record in records if record.person != record.number]
    draw = Random(seed)
    two = [tuple(draw.sample(range(len(records)), 2)) for _ in range(RANDOM_PAIRS)]
    others = [(one, other) for one, other in two if records[one].person != records[other].person]
    return [
        *((levels, True) for levels in measuring.levels(likenesses, same, weights)),
        *((levels, False) for levels in measuring.levels(likenesses, others, weights)),
    ]


def _scored(register: measuring.Register) -> list[Scored]:
    """Of the pairs that a run puts beside each other: score, truth, and whether something bars them from likely."""
    return [
        (each.judgement.score, each.same, each.judgement.likelihood is not Likelihood.LIKELY)
        for each in register.judged(register.beside())
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=5000, help="children in each register")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
