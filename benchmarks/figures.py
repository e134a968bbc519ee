"""The figures engine: a year's figures of 40,000 children, against the walk over every day that the tests hold it to.

The walk counts one number (stock of each level on one day); the engine makes every indicator by sex, age and area. The
walk is measured on fewer children, as it is slow, and given per child. Last line JSON: children_per_s,
walk_children_per_s, ratio, figures, spread.
"""

import json
import random
import statistics
import time
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from services.reporting.indicators import classification, definition, engine
from services.reporting.indicators.facts import ChildFact, EpisodeFact, Return
from shared import countries
from tests.property import naive_walk

CHILDREN = 40_000
WALKED = 400
ROUNDS = 3
FORMS = ("CHILDRENS_HOME", "INFANT_HOME", "FOSTER", "GUARDIANSHIP", "FAMILY_TYPE_HOME")


def main() -> None:
    """Measure three rounds over the same lives."""
    pack = countries.load("kz", Path(__file__).parent.parent / "countries")
    children, episodes = lives(pack)
    definitions = definition.parse(pack.indicators)
    codes = [pack.codes(name) for name in ("care_form", "carer_relation", "exit_destination")]
    table = classification.from_code_lists(*codes)
    areas = dict.fromkeys(pack.areas.codes(date(2023, 12, 31)))
    conditions = Return("2023", date(2023, 1, 1), date(2024, 1, 1), date(2023, 12, 31), areas=areas)
    ours, walk, figures = [], [], 0
    for number in range(ROUNDS):
        started = time.perf_counter()
        figures = len(engine.evaluate(definitions, children, episodes, table, conditions).figures)
        ours.append(CHILDREN / (time.perf_counter() - started))
        walk.append(_walk(children, episodes))
        print(f"round {number + 1}: engine {ours[-1]:,.0f} children/s, walk {walk[-1]:,.0f} children/s")
    ratio = statistics.median(ours) / statistics.median(walk)
    answer = {
        "children_per_s": round(statistics.median(ours)),
        "walk_children_per_s": round(statistics.median(walk)),
        "ratio": round(ratio, 1),
        "figures": figures,
        "spread": round((max(ours) - min(ours)) / statistics.median(ours), 2),
    }
    print(json.dumps(answer))


def lives(pack: countries.Pack) -> tuple[list[ChildFact], list[EpisodeFact]]:
    """Invented children with one to three stays each, sorted by id; the same for every run."""
    draw = random.Random(7)
    places = list(pack.areas.codes(date(2023, 12, 31)))
    children, episodes = [], []
    for number in range(CHILDREN):
        child, area = UUID(int=number), draw.choice(places)
        born = date(2006, 1, 1) + timedelta(days=draw.randrange(6000))
        children.append(ChildFact(child, draw.choice("FM"), born, born, draw.random() < 0.2, area))
        day = born + timedelta(days=draw.randrange(1, 3000))
        for stay in range(draw.randint(1, 3)):
            end = day + timedelta(days=draw.randrange(1, 1500))
            placement = UUID(int=number * 10 + stay)
            episodes.append(
                EpisodeFact(placement, child, draw.choice(FORMS), "AUNT_UNCLE", area, day, end, None, "REUNIFICATION")
            )
            day = end + timedelta(days=draw.randrange(0, 400))
    return children, episodes


def _walk(children: list[ChildFact], episodes: list[EpisodeFact]) -> float:
    own: dict[UUID, list[EpisodeFact]] = {}
    for episode in episodes:
        own.setdefault(episode.child, []).append(episode)
    started = time.perf_counter()
    for child in children[:WALKED]:
        naive_walk.Life(child, own[child.child], date(2023, 1, 1), date(2023, 12, 31))
    return WALKED / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
