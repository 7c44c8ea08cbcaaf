"""Shuts a process in by Landlock: it reads and writes only what is named, and reaches nobody.

Needs Linux 5.13 or later with Landlock switched on, and no privilege; elsewhere nothing happens. What is
open already stays open. A process that was shut in cannot get out again, and neither can its children.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import bot

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""Numbers of system calls, the same on every architecture that Python is built for."""
_ASK_VERSION, _PATH_BENEATH = 1, 1
_PR_SET_NO_NEW_PRIVS = 38

_WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 1, 1 << 2, 1 << 3, 1 << 14
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights to files each version of Landlock knows; a right it does not know cannot be refused."""
_NETWORK, _SCOPES = 0b11, 0b11
"""To bind and to connect (version 4); to reach abstract sockets and to signal, outside (version 6)."""
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("parent", ctypes.c_int32))


def shut_in(*, readable: Sequence[Path] = (), writable: Sequence[Path] = ()) -> bool:
    """Give up everything but Python, the system's libraries and fonts, and these files or folders.

    To be called before the first thread is started: only the calling one is shut in. What is `writable` can
    be read too; nothing can be made or removed. Returns False, and changes nothing that matters, where the
    kernel does not have it. What is not there is passed over.
    """
    version = _system_call(_CREATE_RULESET, None, 0, _ASK_VERSION) if sys.platform == "linux" else -1
    if version < 1:
        return False
    handled = (1 << _FILE_RIGHTS.get(version, max(_FILE_RIGHTS.values()))) - 1
    ruleset = _new_ruleset(version, handled)
    if ruleset < 0:
        return False
    read = _READ_FILE | _READ_DIR
    try:
        for path in (*map(Path, _SYSTEM), *_python(), *readable):
            _allow(ruleset, path, read)
        for path in writable:
            _allow(ruleset, path, (read | _WRITE_FILE | _TRUNCATE) & handled)
        _allow(ruleset, _root(), _READ_DIR)  # to find a module by its name; secrets may lie beside it
        ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return _system_call(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _new_ruleset(version: int, handled: int) -> int:
    rules = _Ruleset(
        handled,
        _NETWORK if version >= _NETWORK_SINCE else 0,
        _SCOPES if version >= _SCOPES_SINCE else 0,
    )
    known = 1 + (version >= _NETWORK_SINCE) + (version >= _SCOPES_SINCE)  # an older kernel wants no more
    return _system_call(_CREATE_RULESET, ctypes.byref(rules), known * ctypes.sizeof(ctypes.c_uint64), 0)


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if path.is_dir() else rights & ~_READ_DIR
        rule = _Beneath(allowed, place)
        _system_call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)


def _python() -> list[Path]:
    """Return where Python, the packages and this project are; not what lies beside the project."""
    root = _root()
    paths = {Path(path) for path in (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path) if path}
    return [*(paths - {root}), *(root / part for part in ("bot", "storage", "handlers"))]


def _root() -> Path:
    return Path(bot.__file__).resolve().parents[1]


def _system_call(number: int, *arguments: object) -> int:
    """Return what the kernel answers; -1 where it refuses."""
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    call = ctypes.CDLL(None).syscall
    call.restype = ctypes.c_long
    return int(call(ctypes.c_long(number), *given))
