"""What it means when a pickle imports a name: known and harmless, known and dangerous, or unknown.

The allowlist is exact, name by name, for everything that could be given arguments. Whatever is on no
list is unknown, which is no verdict: it may be the class of a worker or anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gym_gui.core.artifacts.checkpoints.pickle_values import GlobalName


class Danger(StrEnum):
    """What unpickling a name could do; the later, the worse."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    CARRIES_CODE = "carries code"
    DANGEROUS = "dangerous"

    @property
    def rank(self) -> int:
        """0 for the harmless, 3 for the worst."""
        return list(Danger).index(self)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A verdict and why."""

    danger: Danger
    why: str


_COLLECTIONS = "builds a plain value of the standard library"
_TENSOR = "rebuilds a tensor from its stored bytes"
_ARRAY = "rebuilds an array or a number from its stored bytes"
_DTYPE = "names the type of a tensor's elements"
_LAYER = "a layer of torch, rebuilt without running its constructor"
_RANDOM = "rebuilds a random number generator"

_KNOWN: dict[str, str] = {
    **dict.fromkeys(
        (
            "collections.OrderedDict",
            "collections.deque",
            "collections.Counter",
            "collections.defaultdict",
            *(
                f"{module}.{name}"
                for module in ("builtins", "__builtin__")
                for name in (
                    *("dict", "list", "tuple", "set", "frozenset", "int", "float", "complex", "bool", "str"),
                    *("bytes", "bytearray", "slice", "range", "object", "Ellipsis", "NotImplemented"),
                )
            ),
            "_codecs.encode",
            "copyreg._reconstructor",
            "copy_reg._reconstructor",
            "copyreg.__newobj__",
            "datetime.datetime",
            "datetime.date",
            "datetime.timedelta",
            "datetime.timezone",
            "decimal.Decimal",
            "fractions.Fraction",
            "uuid.UUID",
            "pathlib.Path",
            "pathlib.PurePosixPath",
            "pathlib.PurePath",
            "pathlib.PosixPath",
            "pathlib.WindowsPath",
            "pathlib._local.PosixPath",
            "pathlib._local.WindowsPath",
            "argparse.Namespace",
            "types.SimpleNamespace",
        ),
        _COLLECTIONS,
    ),
    **dict.fromkeys(
        (
            *(
                f"torch._utils.{name}"
                for name in (
                    *("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter"),
                    *("_rebuild_parameter_with_state", "_rebuild_qtensor", "_rebuild_sparse_tensor"),
                    *("_rebuild_meta_tensor_no_storage", "_rebuild_sparse_csr_tensor"),
                    *("_rebuild_device_tensor_from_numpy", "_rebuild_device_tensor_from_cpu_tensor"),
                )
            ),
            "torch.Tensor",
            "torch.nn.parameter.Parameter",
            "torch.Size",
            "torch.device",
            "torch.serialization._get_layout",
            "torch.storage.UntypedStorage",
            "torch.storage.TypedStorage",
            "torch._tensor._rebuild_from_type_v2",
        ),
        _TENSOR,
    ),
    **dict.fromkeys(
        (
            *(
                f"numpy.{part}.{name}"
                for part in ("core", "_core")
                for name in ("multiarray._reconstruct", "multiarray.scalar", "numeric._frombuffer")
            ),
            "numpy.ndarray",
            "numpy.dtype",
            *(
                f"numpy.{name}"
                for name in ("bool_", "bool", "float16", "float32", "float64", "uint8", "int8")
            ),
            *(f"numpy.{name}" for name in ("int16", "int32", "int64", "uint16", "uint32", "uint64")),
        ),
        _ARRAY,
    ),
    **dict.fromkeys(
        (
            "torch._C.Generator",
            "random.Random",
            *(
                f"numpy.random._pickle.{name}"
                for name in ("__randomstate_ctor", "__generator_ctor", "__bit_generator_ctor")
            ),
            *(f"numpy.random.{name}" for name in ("_pcg64.PCG64", "_mt19937.MT19937", "_philox.Philox")),
            "numpy.random.bit_generator.SeedSequence",
            "numpy.random._bit_generator.SeedSequence",
            "numpy.random.bit_generator.__pyx_unpickle_SeedSequence",
        ),
        _RANDOM,
    ),
}

_DTYPE_NAME = re.compile(
    r"torch\.(?:(?:[bcq]?u?int|float|bfloat|complex|bits)\d+\w*|bool|half|double|float|long|int|short"
    r"|per_(?:tensor|channel)_\w+)"
)
_STORAGE_NAME = re.compile(r"torch\.(?:cuda\.)?[A-Z]\w*Storage")
_LAYER_NAME = re.compile(r"torch\.(?:nn\.modules\.\w+|optim\.\w+)\.[A-Z]\w*")
_NUMPY_DTYPE_CLASS = re.compile(r"numpy\.dtypes\.[A-Z]\w*DType")
_PATTERNS = (
    (_DTYPE_NAME, _DTYPE),
    (_STORAGE_NAME, _TENSOR),
    (_LAYER_NAME, _LAYER),
    (_NUMPY_DTYPE_CLASS, _ARRAY),
)

_PROGRAMS = "can start programs"
_CODE = "can run any code"
_NETWORK = "can reach the network"
_FILES = "can read, write or remove files"
_REACH = "reaches into other objects, the usual way to code that is on no list"
_NESTED = "unpickles or loads something else, out of sight of this list"
_DANGEROUS_MODULES: dict[str, str] = {
    **dict.fromkeys(
        ("os", "posix", "nt", "subprocess", "commands", "popen2", "pty", "webbrowser", "pip", "_winapi"),
        _PROGRAMS,
    ),
    **dict.fromkeys(("multiprocessing", "concurrent", "threading", "_thread", "asyncio", "sched"), _CODE),
    **dict.fromkeys(("sys", "importlib", "runpy", "code", "codeop", "bdb", "pdb", "timeit", "imp"), _CODE),
    **dict.fromkeys(("trace", "profile", "cProfile", "doctest", "ctypes", "_ctypes", "cffi"), _CODE),
    **dict.fromkeys(("idlelib", "lib2to3", "pydoc", "site", "zipimport", "pkgutil", "gc", "inspect"), _CODE),
    **dict.fromkeys(("distutils", "setuptools", "ensurepip", "venv", "test", "unittest", "signal"), _CODE),
    **dict.fromkeys(("socket", "_socket", "ssl", "http", "httplib", "urllib", "urllib2", "ftplib"), _NETWORK),
    **dict.fromkeys(("smtplib", "poplib", "imaplib", "telnetlib", "xmlrpc", "requests", "aiohttp"), _NETWORK),
    **dict.fromkeys(("httpx", "socketserver", "nntplib"), _NETWORK),
    **dict.fromkeys(("shutil", "io", "_io", "tempfile", "zipfile", "tarfile", "glob", "fileinput"), _FILES),
    **dict.fromkeys(("sqlite3", "logging", "linecache", "mmap", "fcntl", "dbm", "bz2", "gzip"), _FILES),
    **dict.fromkeys(("pickle", "_pickle", "cPickle", "dill", "marshal", "shelve", "joblib"), _NESTED),
    **dict.fromkeys(("operator", "_operator", "functools", "_functools", "types", "weakref"), _REACH),
}
_DANGEROUS_NAMES: dict[str, str] = {
    **{
        f"{module}.{name}": why
        for module in ("builtins", "__builtin__")
        for name, why in {
            **dict.fromkeys(
                ("eval", "exec", "compile", "execfile", "__import__", "breakpoint", "input"), _CODE
            ),
            **dict.fromkeys(("getattr", "setattr", "delattr", "globals", "locals", "vars", "apply"), _REACH),
            **dict.fromkeys(("type", "super", "property", "map", "filter", "reduce", "reload"), _REACH),
            **dict.fromkeys(("open", "file"), _FILES),
        }.items()
    },
    **dict.fromkeys(("torch.load", "torch.jit.load", "torch.package.PackageImporter"), _NESTED),
    **dict.fromkeys(("torch.hub.load", "torch.utils.cpp_extension.load"), _CODE),
    **dict.fromkeys(("torch.storage._load_from_bytes", "numpy.load"), _NESTED),
    "numpy.testing._private.utils.runstring": _CODE,
}
_CODE_CARRIERS = ("cloudpickle.",)
_CARRIED = (
    "rebuilds a function or class from code inside the file; Stable-Baselines3 saves its schedules so, "
    "and whatever else the code does, it does"
)
_MEMBER_OF_MODULE = re.compile(r"\.(?:__\w+__|system|popen|spawn\w*|exec\w*)\b")


def meaning_of(found: GlobalName) -> Meaning:
    """Whether importing and calling this is harmless, and why or why not."""
    full = str(found)
    if full in _DANGEROUS_NAMES:
        return Meaning(Danger.DANGEROUS, _DANGEROUS_NAMES[full])
    if full in _KNOWN:
        return Meaning(Danger.KNOWN, _KNOWN[full])
    danger = _danger_of_parts(found)
    if danger is not None:
        return Meaning(Danger.DANGEROUS, danger)
    if full.startswith(_CODE_CARRIERS):
        return Meaning(Danger.CARRIES_CODE, _CARRIED)
    if "." not in found.name:
        for pattern, why in _PATTERNS:
            if pattern.fullmatch(full):
                return Meaning(Danger.KNOWN, why)
    return Meaning(Danger.UNKNOWN, f"imports {found.module.partition('.')[0][:80]}, which may do anything")


def _danger_of_parts(found: GlobalName) -> str | None:
    """Why the module is dangerous, or what the name reaches through it, as `torch` does `os.system`."""
    top = found.module.partition(".")[0]
    if top in _DANGEROUS_MODULES:
        return _DANGEROUS_MODULES[top]
    if "." in found.name:
        reached = next((part for part in found.name.split(".") if part in _DANGEROUS_MODULES), None)
        if reached is not None:
            return _DANGEROUS_MODULES[reached]
        return _REACH
    return _REACH if _MEMBER_OF_MODULE.search(f".{found.name}") else None
