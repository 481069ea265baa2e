"""Writes what one release of the server knows as JSON, from the released package itself and from provider_facts.py and release_facts.py.

usage: <venv of the release>/bin/python describe.py RELEASE FILE
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))

from release import server_module  # noqa: E402

import release_facts as facts  # noqa: E402
from packages import missing_packages, shipped_types  # noqa: E402
from providers import STATE_DIRECTORY, describe_provider  # noqa: E402
from report import report  # noqa: E402
from schema import Schemas  # noqa: E402
from since import fact, number  # noqa: E402

distribution = server_module("core.distribution")
datatypes = server_module("core.datatypes")
storage = server_module("core.storage.datatypes")


def describe_stores() -> dict:
    """Describe the stores under storage.stores and the references that the server's distributions use."""
    stores = {}
    for name, field in storage.ServerStoresConfig.model_fields.items():
        kind = "kv" if "KVStoreReference" in str(field.annotation) else "sql"
        reference = field.default.model_dump(exclude_unset=True) if field.default is not None else facts.STORE_REFERENCES.get(name)
        if reference is not None:
            stores[name] = {
                "kind": kind,
                "required": name in facts.REQUIRED_STORES,
                "reference": {"backend": reference["backend"], **reference},
            }
    return stores


def describe_tools(registry: dict) -> dict:
    """Map every name of a tool to its group and to the provider types of this release that serve it."""
    runtime = registry.get("tool_runtime", {})
    declared: dict[str, list[str]] = {}
    for type_, spec in runtime.items():
        if getattr(spec, "toolgroup_id", None):
            declared.setdefault(spec.toolgroup_id, []).append(type_)
    tools = {}
    for group, (names, preferred) in facts.TOOLS.items():
        types = declared.get(group, [] if declared else preferred)
        types = [type_ for type_ in types if type_ in runtime]
        types.sort(key=lambda type_: (preferred.index(type_) if type_ in preferred else len(preferred), type_))
        if types:
            tools |= {name: {"toolGroup": group, "types": types} for name in (group, *names)}
    return tools


def describe(version: str) -> dict:
    """Describe one release."""
    minor = ".".join(version.split(".")[:2])
    schemas = Schemas()
    specs = {api.value: types for api, types in distribution.get_provider_registry().items()}
    providers = {
        api: {type_: describe_provider(spec, minor, schemas) for type_, spec in sorted(types.items())}
        for api, types in sorted(specs.items())
    }
    config_class = getattr(datatypes, "StackConfig", None) or datatypes.StackRunConfig
    config = schemas.model(config_class)
    fields = config_class.model_fields
    return {
        "version": version,
        "minor": minor,
        "imagePrefix": fact(facts.IMAGE_PREFIX, minor),
        "apis": sorted(api.value for api in datatypes.Api),
        "autorouted": {
            info.router_api.value: info.routing_table_api.value
            for info in sorted(distribution.builtin_automatically_routed_apis(), key=lambda info: info.router_api.value)
        },
        "internal": sorted(api.value for api in distribution.INTERNAL_APIS),
        "otherApis": sorted(facts.ALL_APIS - {api.value for api in datatypes.Api}),
        "renamedApis": fact(facts.RENAMED_APIS, minor),
        "renamedTypes": fact(facts.RENAMED_TYPES, minor),
        "retiredTypes": retired_types(minor),
        "missingPackages": {name: missing_packages(types, specs) for name, types in shipped_types().items()},
        "nameFields": [
            name for name in ("distro_name", "image_name") if name in fields and not fields[name].deprecated
        ],
        "modelIdentifier": fact(facts.MODEL_IDENTIFIER, minor),
        "modelTypes": sorted(schemas.named["ModelType"]["enum"]),
        "toolGroups": "automatic" if "toolgroup_id" in datatypes.ProviderSpec.model_fields else "registered",
        "tools": describe_tools(specs),
        "defaultShield": "safety" in fields,
        "connectors": "connectors" in fields,
        "telemetryKey": "telemetry" in fields,
        "checksModelsAtStart": fact(facts.CHECKS_MODELS_AT_START, minor),
        "redisGivesBytes": fact(facts.REDIS_GIVES_BYTES, minor),
        "healthPath": facts.HEALTH_PATH,
        "variables": fact(facts.VARIABLES, minor),
        "stateDirectory": STATE_DIRECTORY,
        "stateVariables": facts.STATE_VARIABLES,
        "kvTableName": storage.PostgresKVStoreConfig.model_fields["table_name"].default,
        "stores": describe_stores(),
        "config": config,
        "providers": providers,
        "schemas": schemas.table(),
    }


def retired_types(minor: str) -> dict:
    """Return the types that this release has no more."""
    return {
        api: {
            type_: {"last": last, "advice": advice}
            for type_, (last, advice) in types.items()
            if number(last) < number(minor)
        }
        for api, types in facts.RETIRED_TYPES.items()
    }


def text_of(tree: dict, depth: int = 3, indent: str = "") -> str:
    """Write JSON with one line per provider type and per schema: compact, and a change is a short diff."""
    if depth == 0 or not isinstance(tree, dict) or not tree:
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    lines = [f"{indent} {json.dumps(key)}: {text_of(value, depth - 1, indent + ' ')}" for key, value in tree.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


if __name__ == "__main__":
    version, file = sys.argv[1:]
    described = describe(version)
    report(described, distribution.get_provider_registry())
    pathlib.Path(file).write_text(text_of(described) + "\n")
