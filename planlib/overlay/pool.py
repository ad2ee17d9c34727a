"""The same function on many tasks, in this process or in a pool of them."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from planlib.errors import InterruptedBuildError
from planlib.model import Finding

#: Told the step, how much of it is done, and out of how much.
Progress = Callable[[str, int, int], None]


def run_tasks(
    function: Callable[..., None],
    tasks: Sequence[tuple],
    step: str,
    workers: int,
    report: Progress,
    *,
    meanwhile: Callable[[], list[Finding]] = list,
) -> list[Finding]:
    """Run ``function`` on every task, in this process or in a pool; return what ``meanwhile`` found."""
    report(step, 0, len(tasks))
    if workers == 1 or len(tasks) < 2:
        for done, task in enumerate(tasks, start=1):
            function(*task)
            report(step, done, len(tasks))
        return meanwhile()
    # Started afresh, not forked: the server that may have asked for this build runs threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=context, initializer=_end_with_parent) as pool:
        try:
            waiting = {pool.submit(function, *task) for task in tasks}
            found = meanwhile()
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for task in ready:
                    task.result()
                report(step, len(tasks) - len(waiting), len(tasks))
        except BrokenProcessPool as problem:
            raise InterruptedBuildError(
                "A worker stopped, probably for lack of memory; build again with fewer --workers, "
                "it goes on where it stopped."
            ) from problem
        finally:
            pool.shutdown(cancel_futures=True)
    return found


def _end_with_parent() -> None:
    """Let this worker end when the build is killed: a pool's worker waits for more for ever, and keeps its memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
