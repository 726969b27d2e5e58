"""Figures of one node for Prometheus: codes, counts and seconds, never a name, an id or a case."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from audit.behind import Behind

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_BATCHES: Final = (1, 2, 4, 8, 16, 32, 64)
KIND: Final = "text/plain; version=0.0.4; charset=utf-8"

"""Content type of what `Metrics.text` gives."""


class Source(Protocol):
    """What is looked at when somebody asks."""

    def gauges(self) -> Mapping[str, Mapping[str, float]]:
        """Figures of now: by name, by the value of the label (empty without one)."""
        ...

    def counts(self) -> Mapping[str, Mapping[str, float]]:
        """Sums since the start: by name, by the value of the label."""
        ...

    async def logs(self) -> Mapping[str, Behind]:
        """By name of log (`id`, `ops`), the worst of all councils."""
        ...


LABELS: Final = {
    "entaku_cuts": "reason",
    "entaku_limited": "limit",
    "entaku_turned_away": "limit",
    "entaku_denials": "code",
    "entaku_pool_connections": "role",
    "entaku_pool_idle": "role",
    "entaku_job_age_seconds": "job",
}
"""The label of a figure that has one."""


@dataclass(slots=True, eq=False)
class _Pulled(Collector):
    """Reads what the parts of a node count themselves."""

    source: Source

    def collect(self) -> Iterator[Metric]:
        """Give all figures."""
        for name, found in self.source.gauges().items():
            yield _family(GaugeMetricFamily(name, name, labels=_labels(name)), found)
        for name, found in self.source.counts().items():
            yield _family(CounterMetricFamily(name, name, labels=_labels(name)), found)

    def describe(self) -> Iterable[Metric]:
        """Nothing is known before somebody asks."""
        return ()


def _labels(name: str) -> list[str]:
    return [LABELS[name]] if name in LABELS else []


def _family(
    family: GaugeMetricFamily | CounterMetricFamily, found: Mapping[str, float]
) -> GaugeMetricFamily | CounterMetricFamily:
    for label, value in found.items():
        family.add_metric([label] if label else [], value)
    return family


class Metrics:
    """Everything that a node counts; its registry is its own."""

    def __init__(self) -> None:
        """Begin at nothing."""
        own = CollectorRegistry()
        self._registry: Final = own
        self.requests: Final = Counter(
            *("entaku_requests", "Answered requests; verbs of the socket begin with socket."),
            labelnames=("route", "code"),
            registry=own,
        )
        self.seconds: Final = Histogram(
            *("entaku_request_seconds", "Time until the answer was made."),
            labelnames=("route",),
            buckets=_SECONDS,
            registry=own,
        )
        self.rows: Final = Counter("entaku_rows_stored", "Rows of rooms.", registry=own)
        self.batches: Final = Histogram(
            *("entaku_batches_per_call", "Batches that were stored in one call."),
            buckets=_BATCHES,
            registry=own,
        )
        self.waiting: Final = Gauge(
            "entaku_batches_waiting", "Batches that wait for their room.", registry=own
        )
        self.pushes: Final = Counter(
            "entaku_pushes", "Packets pushed, one for each socket.", registry=own
        )
        self.tickets: Final = Counter(
            "entaku_tickets", "Entries that allow a delivery.", registry=own
        )
        self._behind: Final = {
            name: Gauge(f"entaku_log_{name}", told, labelnames=("log",), registry=own)
            for name, told in (
                ("unsigned", "Entries that no checkpoint covers."),
                ("lag_seconds", "Age of the oldest of them."),
                ("checkpoint_age_seconds", "Age of the newest checkpoint."),
            )
        }

    def watch(self, source: Source) -> None:
        """Read these when somebody asks."""
        self._registry.register(_Pulled(source))

    def answered(self, route: str, code: str, seconds: float) -> None:
        """Count an answer."""
        self.requests.labels(route, code).inc()
        self.seconds.labels(route).observe(seconds)

    def show(self, logs: Mapping[str, Behind]) -> None:
        """Take over how far the logs are behind."""
        for name, found in logs.items():
            self._behind["unsigned"].labels(name).set(found.entries)
            self._behind["lag_seconds"].labels(name).set(found.oldest)
            self._behind["checkpoint_age_seconds"].labels(name).set(found.checkpoint)

    def text(self) -> bytes:
        """Write all figures as Prometheus reads them."""
        return generate_latest(self._registry)


@dataclass(slots=True)
class Rounds:
    """When each job of each council ended its last round."""

    ended: dict[tuple[str, str], datetime] = field(default_factory=dict[tuple[str, str], datetime])

    def mark(self, job: str, council: str, now: datetime) -> None:
        """A round ended."""
        self.ended[job, council] = now

    def ages(self, now: datetime) -> dict[str, float]:
        """Seconds since the last round, by job: the oldest of all councils."""
        found: dict[str, float] = {}
        for (job, _), then in self.ended.items():
            found[job] = max(found.get(job, 0.0), (now - then).total_seconds())
        return found


def worst(found: Iterable[tuple[str, Behind]]) -> dict[str, Behind]:
    """Of several councils' logs of one name: all entries, the largest ages."""
    by_name: dict[str, Behind] = {}
    for name, each in found:
        known = by_name.get(name, Behind(entries=0, oldest=0.0, checkpoint=0.0))
        by_name[name] = Behind(
            entries=known.entries + each.entries,
            oldest=max(known.oldest, each.oldest),
            checkpoint=max(known.checkpoint, each.checkpoint),
        )
    return by_name
