"""What is counted and measured, for Prometheus; one registry for each application."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from clusterqa.answers import Answer
from clusterqa.server.assistants import Opener

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
REFUSED = {401: "key", 413: "body", 421: "host", 429: "rate", 503: "busy", 504: "time"}


class Metrics:
    """The counters; safe to use from many threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "clusterqa_requests", "Requests answered.", ("method", "route", "status"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "clusterqa_request_seconds", "From a request to the end of its response.", ("route",),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip
        self.turned_away = Counter(
            "clusterqa_turned_away", "Requests that were not worked on, by reason.", ("reason",),
            registry=self.registry,
        )  # fmt: skip
        self.open = Gauge(
            "clusterqa_requests_open", "Requests not answered yet.", registry=self.registry
        )
        self.answers = Counter(
            "clusterqa_answers", "Answers by status and, for refusals, reason.",
            ("status", "reason"), registry=self.registry,
        )  # fmt: skip
        self.stages = Histogram(
            "clusterqa_stage_seconds", "Stages of an answer.", ("stage",),
            buckets=SECONDS, registry=self.registry,
        )  # fmt: skip

    def watch(self, opener: Opener) -> None:
        """Tell of the index that answers, at the time of asking."""
        self.registry.register(IndexCollector(opener))

    def responded(self, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        if status in REFUSED:
            self.turned_away.labels(REFUSED[status]).inc()

    def answered(self, answer: Answer) -> None:
        self.answers.labels(answer.status, answer.reason or "").inc()
        for stage, milliseconds in answer.timings_ms.items():
            self.stages.labels(stage).observe(milliseconds / 1000)


class IndexCollector(Collector):
    """The open index: its id, and how often a document was at hand when it was needed."""

    def __init__(self, opener: Opener) -> None:
        self.opener = opener

    def collect(self) -> Iterator[Metric]:
        assistant = self.opener.opened
        ready = GaugeMetricFamily("clusterqa_ready", "1 while an index is open.")
        ready.add_metric((), assistant is not None)
        yield ready
        if assistant is None:
            return
        ref = assistant.index_ref
        info = GaugeMetricFamily(
            "clusterqa_index_info", "The index that answers.", labels=("id", "encoder", "built_at")
        )
        info.add_metric((ref.id, ref.encoder, ref.built_at), 1)
        yield info
        cache = CounterMetricFamily(
            "clusterqa_document_cache", "Documents read from memory or from disk.", labels=("from",)
        )
        counts = assistant.index.library.document.cache_info()
        cache.add_metric(("memory",), counts.hits)
        cache.add_metric(("disk",), counts.misses)
        yield cache
