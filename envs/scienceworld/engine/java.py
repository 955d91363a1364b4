"""One Java process a Python process, with as many ScienceWorld simulators in it as there are episodes.

The simulator keeps its random numbers, its counters and its simplifications in static variables, so two of them would
disturb each other. Each is therefore loaded by a class loader of its own, and spoken to over a connection of its own
(py4j remembers methods by class name and connection). The simulator also goes through sets of objects in the order of
their hash codes, which Java draws at random: here all are equal, so the order is that of insertion, and an episode
played again is the same. Listing the valid actions draws random numbers; they are put back.

Simulators are pooled, as the first world of each takes seconds to load. The process ends when it has had nothing to do
for `LINGER` seconds, at the end of the Python process, and when that is killed: its standard input closes then.
"""

from __future__ import annotations

import atexit
import gc
import itertools
import logging
import os
import shutil
import threading
from collections import deque
from tempfile import TemporaryDirectory
from typing import Any

from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway
from py4j.protocol import Py4JError, Py4JJavaError
from scienceworld.constants import JAR_PATH

from scoutgym.envs.engines import Pool

OPTIONS = [
    "-XX:+UnlockExperimentalVMOptions",
    "-XX:hashCode=2",
    "-XX:+UseSerialGC",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
]
PATIENCE = 120.0
"""Seconds after which a simulator that says nothing is given up, with the process; the slowest world loads in a few."""
LINGER = 10.0
SCRAMBLED = 0x5DEECE66D
"""What ``java.util.Random.setSeed`` combines a seed with before it keeps it."""
IDLE = 4
"""How many simulators are kept for later episodes: each takes about 50 MB."""

logging.getLogger("py4j").addHandler(logging.NullHandler())  # a dead process is told by an exception


class SimulatorBroken(OSError):
    """The simulator or its Java process is of no more use; another one can be had at once."""


class JavaMissing(FileNotFoundError):
    """There is no Java: whoever started this can mend it."""


def command() -> str:
    """Where Java is.

    Raises:
        JavaMissing: it is not installed; the message says what to type.
    """
    home = os.environ.get("JAVA_HOME")
    found = (home and shutil.which("java", path=os.path.join(home, "bin"))) or shutil.which("java")
    if not found:
        raise JavaMissing(
            "ScienceWorld needs a Java runtime, but there is no command java: apt-get install default-jre-headless "
            "(or `make system`)"
        )
    return found


class Java:
    """A process.

    Raises:
        JavaMissing: there is no Java. SimulatorBroken: it did not start.
    """

    _numbers = itertools.count()

    def __init__(self) -> None:
        self.number = next(self._numbers)
        self._folder = TemporaryDirectory(prefix="scienceworld-")  # the simulator writes a list where it runs
        try:
            self._port, self._token, self._process = launch_gateway(
                javaopts=OPTIONS,
                java_path=command(),
                die_on_exit=True,
                enable_auth=True,
                return_proc=True,
                cwd=self._folder.name,
            )
            gateway = self.connection()
            nothing = gateway.jvm.java.io.OutputStream.nullOutputStream()
            gateway.jvm.java.lang.System.setOut(gateway.jvm.java.io.PrintStream(nothing))
            gateway.close()
        except (Py4JError, ValueError, TypeError) as error:
            raise SimulatorBroken(f"Java did not start: {error}") from None

    @property
    def pid(self) -> int:
        """The number of the process."""
        return int(self._process.pid)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def connection(self) -> JavaGateway:
        """A connection; objects behind it are kept until they are detached, as collecting them would cost calls."""
        parameters = GatewayParameters(
            port=self._port, auth_token=self._token, read_timeout=PATIENCE, enable_memory_management=False
        )
        return JavaGateway(gateway_parameters=parameters)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._folder.cleanup()


class Simulator:
    """One world at a time. Whatever goes wrong in a call is a SimulatorBroken."""

    def __init__(self, java: Java) -> None:
        self.java, self.broken, self._owner = java, False, os.getpid()
        self._gateway = gateway = java.connection()
        try:
            jvm = gateway.jvm
            urls = gateway.new_array(jvm.java.net.URL, 1)
            urls[0] = jvm.java.io.File(JAR_PATH).toURI().toURL()
            loader = jvm.java.net.URLClassLoader(urls, jvm.java.lang.ClassLoader.getPlatformClassLoader())
            kind = loader.loadClass("scienceworld.runtime.pythonapi.PythonInterface")
            nothing = gateway.new_array(jvm.java.lang.Class, 0), gateway.new_array(jvm.java.lang.Object, 0)
            self._world = kind.getConstructor(nothing[0]).newInstance(nothing[1])
            self._random = loader.loadClass("scala.util.Random$").getField("MODULE$").get(None).self()
            self._seed = jvm.java.lang.Class.forName("java.util.Random").getDeclaredField("seed")
            self._seed.setAccessible(True)
            self._string = jvm.java.lang.String
        except Py4JError as error:
            self._fail(error)

    def load(self, task: str, variation: int, simplifications: str) -> None:
        """Begin a world anew; the same arguments give the same world."""
        self._call("load", task, variation, simplifications, False)

    def gold(self, task: str, variation: int, simplifications: str) -> list[str]:
        """Actions that solve a task from its beginning, as the package plans them, up to the one that solves it; none
        where they do not. The world is then another one.
        """
        self._call("load", task, variation, simplifications, True)
        plan = [" ".join(action.lower().split()) for action in self._lines("getGoldActionSequence")]
        self.load(task, variation, simplifications)
        for number, action in enumerate(plan, 1):
            _, score, done = self.step(action)
            if done:
                return plan[:number] if score >= 1.0 else []
        return []

    def step(self, action: str) -> tuple[str, float, bool]:
        """What the world says to an action, the score (at most 1, and -1 where the task has failed) and whether it is
        over.
        """
        said = self._call("step", action)
        return said, float(self._call("getScore")), bool(self._call("getCompleted"))

    def valid(self) -> list[str]:
        """The actions that are possible now, sorted; the world is not changed."""
        try:
            seed = self._seed.get(self._random)
            actions = self._lines("getValidActionObjectCombinations")
            self._random.setSeed(seed ^ SCRAMBLED)
        except Py4JError as error:
            self._fail(error)
        return actions

    def tell(self, what: str) -> str:
        """One of the package's texts: ``getTaskDescription``, ``getGoalProgressStr``, or ``freeActionLook`` and
        ``freeActionInventory``, which take no time.
        """
        return str(self._call(what))

    def close(self) -> None:
        """Let go of it."""
        if self._owner == os.getpid() and self.java.alive and not self.broken:
            try:
                for kept in (self._world, self._random, self._seed):
                    self._gateway.detach(kept)
                self._gateway.close()
            except (Py4JError, OSError):
                self.broken = True

    def _call(self, method: str, *values: Any) -> Any:
        if self._owner != os.getpid():
            raise SimulatorBroken("this simulator belongs to the process that was forked: reset the environment first")
        try:
            return getattr(self._world, method)(*values)
        except Py4JError as error:
            self._fail(error)

    def _lines(self, method: str) -> list[str]:
        """A list of texts, in one call instead of one for each."""
        found = self._call(method)
        joined = str(self._string.join("\n", found))
        self._gateway.detach(found)
        return joined.split("\n") if joined else []

    def _fail(self, error: Py4JError) -> Any:
        self.broken = True
        if not isinstance(error, Py4JJavaError) and self.java.alive:
            self.java.close()  # no answer: it hangs, and nobody can tell what it would still do
        raise SimulatorBroken(f"the simulator broke: {error}") from error


class Simulators:
    """Those of this process. An episode takes one and gives it back."""

    def __init__(self) -> None:
        self._pool: Pool[Simulator] = Pool(Simulator.close, idle=IDLE)
        self._begin()
        atexit.register(self.end)
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._java: Java | None = None
        self._used = 0
        self._left: deque[Simulator] = deque()
        self._timer: threading.Timer | None = None

    @property
    def java(self) -> Java | None:
        """The process, where there is one."""
        return self._java

    def take(self) -> Simulator:
        """One that nobody uses, or a new one.

        Raises:
            JavaMissing: there is no Java. SimulatorBroken: no simulator could be started.
        """
        with self._lock:
            self._take_back()
            if self._timer is not None:
                self._timer.cancel()
            if self._java is None or not self._java.alive:
                self._end()
                self._java = Java()
            java = self._java
            taken = self._pool.take(java.number, lambda: self._another(java))
            self._used += 1
        return taken

    def _another(self, java: Java) -> Simulator:
        """A new one, unless an episode has been forgotten: environments are in cycles of references, and looking for
        those takes a tenth of the time.
        """
        gc.collect()
        self._take_back()
        return self._pool.take(java.number, lambda: Simulator(java))

    def give(self, simulator: Simulator) -> None:
        """It is used no more. Safe wherever Python collects garbage: it never waits."""
        self._left.append(simulator)
        if self._lock.acquire(blocking=False):
            try:
                self._take_back()
            finally:
                self._lock.release()

    def end(self) -> None:
        """End the process, whoever uses it."""
        with self._lock:
            self._end()

    def _take_back(self) -> None:
        while self._left:
            simulator = self._left.popleft()
            if simulator.java is not self._java:
                continue  # of a process that has ended, or of the one that this was forked from
            self._used -= 1
            if simulator.broken or not simulator.java.alive:
                simulator.close()
            else:
                self._pool.give(simulator.java.number, simulator)
        if self._used == 0 and self._java is not None:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(LINGER, self._rest)
            self._timer.daemon = True
            self._timer.start()

    def _rest(self) -> None:
        with self._lock:
            if self._used == 0 and not self._left:
                self._end()

    def _end(self) -> None:
        self._pool.clear()
        if self._java is not None:
            self._java.close()
        self._java, self._used = None, 0


SIMULATORS = Simulators()
