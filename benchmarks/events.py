"""Events from committed rows in the log to committed rows of the figures, against stock nameko in the same run.

One RabbitMQ and one PostgreSQL for both, fsync and synchronous_commit on, messages persistent, everything warmed up;
the median of three rounds. Kinward is the processes that an operator starts (`kinward serve ... --only worker`), its
validation on. Then single events at a steady rate: milliseconds from before their COMMIT to the first read that finds
the figure's row. Then `kinward rebuild reporting`: the figures anew from the whole logs. Last line JSON: ours and peer
(events/s), ratio, latency_p50_ms, latency_p99_ms, rebuild_per_s, spread, peer_spread.
"""

import argparse
import json
import statistics
from collections.abc import Sequence

from benchmarks import happenings
from benchmarks.kinward_path import running_kinward
from benchmarks.nameko_path import running_peer
from benchmarks.servers import durable_servers

ROUNDS = 3
RATE = 200


def main() -> None:
    """Measure both, round by round in turn."""
    asked = _arguments()
    pack = happenings.pack()
    with durable_servers() as servers, running_kinward(servers, pack) as kinward, running_peer(servers) as peer:
        kinward.bulk(asked.warm_up)
        peer.bulk(max(asked.peer_events // 40 * 4, 4))
        ours, theirs = [], []
        for number in range(ROUNDS):
            ours.append(kinward.bulk(asked.events))
            theirs.append(peer.bulk(asked.peer_events))
            print(f"round {number + 1}: kinward {ours[-1]:,.0f} events/s, nameko {theirs[-1]:,.0f}", flush=True)
        print("CPU, us/event: " + ", ".join(f"{part} {spent:.0f}" for part, spent in sorted(kinward.work.items())))
        latencies = sorted(kinward.live(RATE, asked.seconds))
        rebuilt = kinward.rebuild()
    answer = {
        "ours": round(statistics.median(ours)),
        "peer": round(statistics.median(theirs)),
        "ratio": round(statistics.median(ours) / statistics.median(theirs), 1),
        "latency_p50_ms": round(_quantile(latencies, 0.5), 1),
        "latency_p99_ms": round(_quantile(latencies, 0.99), 1),
        "rebuild_per_s": round(rebuilt),
        "spread": _spread(ours),
        "peer_spread": _spread(theirs),
    }
    print(json.dumps(answer))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="Kinward's events a round")
    parser.add_argument("--peer-events", type=int, default=5_000, help="nameko's events a round")
    parser.add_argument("--warm-up", type=int, default=10_000, help="Kinward's events before the first round")
    parser.add_argument("--seconds", type=float, default=12.0, help="how long single events are watched")
    return parser.parse_args()


def _spread(values: Sequence[float]) -> float:
    return round((max(values) - min(values)) / statistics.median(values), 2)


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


if __name__ == "__main__":
    main()
