"""The computers a bundle must run on, and which wheels each of them takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from packaging.tags import Tag, compatible_tags, cpython_tags

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""The Python versions a bundle has wheels for."""

_GLIBC = range(28, 16, -1)
"""Minor versions of glibc 2 whose wheels may be used: Linux of 2018 and later."""


@dataclass(frozen=True)
class Target:
    """One kind of computer with one version of Python. `system`, `machine`: as `platform` names them."""

    name: str
    system: str
    machine: str
    python: str

    @property
    def platforms(self) -> list[str]:
        """Platform tags this computer takes, best first."""
        if self.system == "Windows":
            return ["win_amd64"]
        return [
            *(f"manylinux_2_{n}_{self.machine}" for n in _GLIBC),
            f"manylinux2014_{self.machine}",
        ]

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """Every wheel tag this computer takes."""
        version = tuple(int(part) for part in self.python.split("."))
        platforms = self.platforms
        exact = cpython_tags(version, platforms=platforms)
        return frozenset([*exact, *compatible_tags(version, platforms=platforms)])

    @property
    def markers(self) -> dict[str, str]:
        """The environment that requirement markers are evaluated in."""
        windows = self.system == "Windows"
        return {
            "implementation_name": "cpython",
            "os_name": "nt" if windows else "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_system": self.system,
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "win32" if windows else "linux",
        }


def targets() -> Iterator[Target]:
    """Every computer of a bundle."""
    for python in PYTHONS:
        yield Target("Windows x86-64", "Windows", "AMD64", python)
        yield Target("Linux x86-64", "Linux", "x86_64", python)
        yield Target("Linux aarch64", "Linux", "aarch64", python)
