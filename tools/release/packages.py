"""Which provider types the image of a distribution cannot load, for want of a Python package."""

import importlib.metadata
import pathlib
import re

import yaml

from release import PACKAGE, server_module

# An image holds the server, what its entrypoint needs, and the packages of its distribution's own providers: its build
# installs what `list-deps <distribution>` prints.
SERVER_PACKAGES = server_module("core.build").SERVER_DEPENDENCIES


def shipped_types() -> dict[str, set[tuple[str, str]]]:
    """Return the provider types of each distribution that the release ships, as (API, type)."""
    found: dict[str, set[tuple[str, str]]] = {}
    directory = pathlib.Path(server_module("distributions").__path__[0])
    for file in sorted([*directory.glob("*/*.yaml")]):
        config = yaml.safe_load(file.read_text())
        providers = config.get("providers") or config.get("distribution_spec", {}).get("providers") or {}
        types = found.setdefault(file.parent.name, set())
        types |= {(api, provider["provider_type"]) for api, entries in providers.items() for provider in entries}
    return found


def missing_packages(types: set[tuple[str, str]], specs: dict) -> dict[str, dict[str, list[str]]]:
    """Return API → provider type → the packages that an image made for these types has not."""
    installed = with_dependencies(
        {PACKAGE.replace("_", "-"), *SERVER_PACKAGES}
        | {package for api, type_ in types if type_ in specs.get(api, {}) for package in specs[api][type_].pip_packages}
    )
    missing: dict[str, dict[str, list[str]]] = {}
    for api, by_type in sorted(specs.items()):
        for type_, spec in sorted(by_type.items()):
            packages = sorted({name_of(package) for package in spec.pip_packages} - installed)
            if packages:
                missing.setdefault(api, {})[type_] = packages
    return missing


def with_dependencies(packages: set[str]) -> set[str]:
    """Add what the packages require in turn, as far as they are installed here."""
    found: set[str] = set()
    waiting = [name_of(package) for package in packages]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            required = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        waiting += [name_of(line) for line in required if "extra ==" not in line]
    return found


def name_of(requirement: str) -> str:
    """Return the name in a requirement: "pymilvus[milvus-lite]>=2.4" → "pymilvus"."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
