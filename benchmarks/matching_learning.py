"""What weights learnt from decisions are worth: proposed from one invented register, measured on another of its kind.

What the weights in force show is decided, one pair in ten left unsure, one in twenty decided wrongly. Prints, for each
register, precision and recall on the other one before and after. Names are held out from every estimate
(docs/matching-weights.md). Not here: the estimate of the default (matching_weights), its quality (matching_quality).
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from benchmarks.same_child import measuring, registers
from benchmarks.same_child.records import Record
from services.registry.domain import matching_learning as learning
from services.registry.domain import matching_weights as weighing
from services.registry.domain.matching_figures import Decided
from services.registry.domain.matching_weights import Likelihood, Weights
from services.registry.store import matching, matching_learning, matching_sample

UNSURE, WRONG = 0.1, 0.05
NONE_NEEDED = learning.Minimum(same=0, different=0)
NAMES = ("ky", "mixed kz", "mixed pk")


def main() -> None:
    """Learn and measure, register by register; from the default weights, and from such as fit badly."""
    asked = _arguments()
    halved = {fact: {level: bits / 2 for level, bits in of.items()} for fact, of in weighing.DEFAULT.worth.items()}
    starts = {
        "default": weighing.DEFAULT,
        "halved": replace(weighing.DEFAULT, worth=halved, likely=-6.0, possible=-9.0),
    }
    for name in asked.registers:
        for label, start in starts.items():
            print(
                f"{name:9} {label:8} {_trial(registers.REGISTERS[name], start, asked.children, asked.seed)}", flush=True
            )


def _trial(register: registers.Register, start: Weights, children: int, seed: int) -> str:
    own, other = (registers.made(register, children, registers.HELD_OUT, each) for each in (seed, seed + 1))
    here = measuring.Register(own, register.languages, start)
    decided = list(_decided(here, Random(seed)))
    two = matching_sample.pairs(range(len(own)), matching_learning.RANDOM_PAIRS)
    apart = [(one, two_) for one, two_ in two if own[one].person != own[two_].person]
    random = list(measuring.levels(here.likenesses, apart, start))
    found = learning.estimated(decided, random, start, children=len(own), minimum=NONE_NEEDED)
    counted = f"{found.counted['same']} same, {found.counted['different']} different"
    figures = " -> ".join(_quality(other, register.languages, each) for each in (start, found.weights))
    return f"{counted}: precision / recall / shown {figures}"


def _decided(register: measuring.Register, draw: Random) -> list[Decided]:
    """What people say of the pairs that the register's weights show."""
    found = []
    for each in register.judged(sorted(register.beside())):
        if each.judgement.likelihood is Likelihood.UNLIKELY or draw.random() < UNSURE:
            continue
        asked = each.pair[1]
        carried = {term: min(len(register._of[term]), matching.CROWDED) for term in register.terms[asked]}
        carriers = register._matches.counts(register.likenesses[asked], carried)
        same = each.same is not (draw.random() < WRONG)
        found.append(Decided(dict(each.judgement.levels), same, carriers=carriers))
    return found


def _quality(records: Sequence[Record], languages: Sequence[str], weights: Weights) -> str:
    """Of a run over a whole register of which the truth is known."""
    register = measuring.Register(records, languages, weights)
    judged = list(register.judged(register.beside()))
    likely = [each.same for each in judged if each.judgement.likelihood is Likelihood.LIKELY]
    shown = [each.same for each in judged if each.judgement.likelihood is not Likelihood.UNLIKELY]
    pairs = len(register.truth())
    return f"{sum(likely) / max(len(likely), 1):.4f} / {sum(likely) / pairs:.4f} / {sum(shown) / pairs:.4f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("registers", nargs="*", default=NAMES, help="which registers (benchmarks.same_child.registers)")
    parser.add_argument("--children", type=int, default=1500, help="children in each register")
    parser.add_argument("--seed", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
