"""A recorder that keeps one batch while the next is read and checked: a transaction mostly waits for the disk."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

from harvest.record import Accepted, Known, Quarantined, Recorder


class Behind:
    """
    Never more than one batch behind. What keeping raises is raised by the next call, or at the end of the block: use
    it as a context manager. Where the block fails, the batch that is being kept is still waited for.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._thread = ThreadPoolExecutor(1, "keeping")
        self._kept: Future[None] | None = None

    def __enter__(self) -> "Behind":
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        try:
            if failed is None:
                self._catch_up()
        finally:
            self._thread.shutdown()

    def known(self) -> dict[str, Known]:
        return self._recorder.known()

    def keep(self, batch: Sequence[Accepted | Quarantined]) -> None:
        self._catch_up()
        # A context of its own: who acts, and from where, is said in ours.
        self._kept = self._thread.submit(copy_context().run, self._recorder.keep, batch)

    def seen_all(self, gone: Sequence[str]) -> None:
        self._catch_up()
        self._recorder.seen_all(gone)

    def _catch_up(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.result()
