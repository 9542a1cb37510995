"""
What a SPARQL worker gives up before its first question. Linux; where the system lacks one of these, the worker does
without it, and `confine` says so.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_NICE = 19
_OOM_FIRST = "1000"

# linux/audit.h; the calls' numbers: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h.
# socket, execve, execveat, io_uring_setup (which makes sockets too), ptrace
_DENIED = {
    "x86_64": (0xC000003E, (41, 59, 322, 425, 101)),
    "aarch64": (0xC00000B7, (198, 221, 281, 425, 117)),
}
_X32_BIT = 0x40000000

# linux/bpf_common.h and linux/seccomp.h
_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000  # 1: EPERM
_OFFSET_NUMBER, _OFFSET_ARCHITECTURE = 0, 4


def die_with_parent(parent: int) -> None:
    """Ends this process when its parent ends, however that happens. `parent` is the id that the parent knows it has."""
    _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we could ask
        os._exit(1)


def confine(memory_bytes: int, *, may_connect: bool = False) -> list[str]:
    """
    Limits this process for good. Returns what could not be done, for the log. `may_connect` lets it make sockets: it
    asks a server and runs no query itself.
    """
    missing = []
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not RLIMIT_AS: it counts mapped files too.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    os.nice(_NICE)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(_OOM_FIRST)
    if not _deny_calls(may_connect):
        missing.append(f"no filter of system calls on {platform.machine()}: SERVICE is held off by the guard alone")
    return missing


def _deny_calls(may_connect: bool) -> bool:
    if platform.machine() not in _DENIED:
        return False
    architecture, denied = _DENIED[platform.machine()]
    numbers = denied[may_connect:]  # the first is socket
    program = [
        (_LOAD_WORD, 0, 0, _OFFSET_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD_WORD, 0, 0, _OFFSET_NUMBER),
        # x86-64 has a second numbering that would go round the list
        (_JUMP_AT_LEAST, len(numbers) + 1, 0, _X32_BIT),
        *((_JUMP_EQUAL, len(numbers) - index, 0, number) for index, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    header = struct.pack("@HP", len(program), ctypes.addressof(code))
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header), 0, 0) == 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
