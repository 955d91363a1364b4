"""The benchmark: agents over worlds, paired, with honest intervals and measures of exploration."""

from scoutgym.benchmark.compare import Summary, summarize
from scoutgym.benchmark.evaluate import evaluate, run_bench
from scoutgym.benchmark.result import Result
from scoutgym.benchmark.select import agent_from
from scoutgym.benchmark.table import bench_json, page_data, print_table

__all__ = [
    "Result",
    "Summary",
    "agent_from",
    "bench_json",
    "evaluate",
    "page_data",
    "print_table",
    "run_bench",
    "summarize",
]
