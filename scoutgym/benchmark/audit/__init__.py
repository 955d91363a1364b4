"""The audit of a judge: its verdicts against worlds that know the truth."""

from scoutgym.benchmark.audit.measure import Audit, audit
from scoutgym.benchmark.audit.page import page_data, print_audit, write_audit
from scoutgym.benchmark.audit.pool import WORLDS, Item, build, recorded

__all__ = ["WORLDS", "Audit", "Item", "audit", "build", "page_data", "print_audit", "recorded", "write_audit"]
