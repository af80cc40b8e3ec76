"""A software bill of materials (CycloneDX 1.6) from the wheels' own metadata."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from bundle.wheels import Wheel

_OPEN_SOURCE = "License :: OSI Approved :: "


def sbom(ours: Wheel, others: Collection[Wheel], released: datetime) -> dict[str, Any]:
    """The bill for `ours`: one component per wheel file, with hash, licence and package URL."""
    components = [_component(wheel) for wheel in others]
    serial = uuid5(NAMESPACE_OID, "".join(wheel.sha256 for wheel in (ours, *others)))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": released.isoformat(),
            "component": {**_component(ours), "type": "application"},
        },
        "components": components,
    }


def _component(wheel: Wheel) -> Mapping[str, Any]:
    url = f"pkg:pypi/{wheel.name}@{wheel.version}?file_name={wheel.path.name}"
    return {
        "type": "library",
        "bom-ref": url,
        "name": wheel.name,
        "version": wheel.version,
        "description": wheel.metadata.get("Summary", ""),
        "purl": url,
        "hashes": [{"alg": "SHA-256", "content": wheel.sha256}],
        "licenses": [_licence(wheel)],
    }


def _licence(wheel: Wheel) -> Mapping[str, Any]:
    """The licence as the project states it: an SPDX expression, else the name of its classifier or text."""
    if expression := wheel.metadata.get("License-Expression"):
        return {"expression": expression}
    classifiers = wheel.metadata.get_all("Classifier") or []
    names = [line.removeprefix(_OPEN_SOURCE) for line in classifiers if _OPEN_SOURCE in line]
    stated = (wheel.metadata.get("License") or "").strip().splitlines()
    return {"license": {"name": "; ".join(names) or next(iter(stated), "见 licences 文件夹")}}
