"""Writes what one release of the server knows as JSON, from the released package itself and from knowledge.py.

usage: <venv of the release>/bin/python describe.py RELEASE FILE
"""

import inspect
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))

from release import server_module  # noqa: E402

import knowledge  # noqa: E402
from packages import missing_packages, shipped_types  # noqa: E402
from report import report  # noqa: E402
from schema import Schemas  # noqa: E402

distribution = server_module("core.distribution")
datatypes = server_module("core.datatypes")
storage = server_module("core.storage.datatypes")
dynamic = server_module("core.utils.dynamic")

STATE_DIRECTORY = pathlib.PurePath(server_module("core.utils.config_dirs").DISTRIBS_BASE_DIR).parent.name

# Fields of a sample config that hold no choice of the user: where a provider keeps its state.
STATE_FIELDS = ("db_path", "kvstore", "metadata_store", "path", "persistence", "storage_dir")
CREDENTIAL_NAME = re.compile(r"(^|_)(api_key|token|password|secret|access_key|access_key_id|credential)$")


def sample(config_class: type) -> dict:
    """Return the config that the release's own tools write for a provider, for a distribution called {distribution}."""
    make = getattr(config_class, "sample_run_config", None)
    if make is None:
        return {}
    parameters = inspect.signature(make).parameters.values()
    takes = any(p.name == "__distro_dir__" or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
    return make(**({"__distro_dir__": f"~/{STATE_DIRECTORY}/distributions/{{distribution}}"} if takes else {}))


def without_defaults(given: dict, loads) -> dict:
    """Drop every key of a tree that the server fills in with the same value by itself."""
    whole = loads(given)
    for key, value in list(given.items()):
        rest = {name: item for name, item in given.items() if name != key}
        try:
            if loads(rest) == whole:
                given = rest
                continue
        except ValueError:
            pass
        if isinstance(value, dict):
            given = {**given, key: without_defaults(value, lambda part, key=key, given=given: loads({**given, key: part}))}
    return given


def in_order(tree):
    """Sort the keys of a tree, so that `backend` comes first wherever a store is referred to."""
    return {key: in_order(tree[key]) for key in sorted(tree)} if isinstance(tree, dict) else tree


def state_defaults(api: str, type_: str, config_class: type, schema: dict) -> dict:
    """Return where a provider keeps its state unless the CR says otherwise."""
    sampled = sample(config_class)
    values = {name: sampled[name] for name in STATE_FIELDS if name in sampled}
    values = in_order(values | knowledge.DEFAULTS.get((api, type_), {}))
    filler = {name: "x" for name in schema.get("required", []) if name not in values}
    try:
        config_class(**filler, **values)
    except ValueError:
        return values
    reduced = without_defaults(values, lambda given: config_class(**filler, **given))
    # a value that equals the default is still said where the CR would not start without it
    return {name: reduced.get(name, value) for name, value in values.items()}


def endpoint_of(api: str, type_: str, minor: str, fields: dict) -> dict | None:
    """Return where the endpoint of a provider goes, in the words of this release."""
    known = knowledge.fact(knowledge.ENDPOINTS.get(api, {}).get(type_), minor)
    if known is None:
        return None
    field = next((name for name in known.get("fields", ()) if name in fields), None)
    if field is None and "fields" in known:
        raise ValueError(f"{api} {type_} has none of the fields {known['fields']}")
    endpoint = {"form": known["form"], "field": field, "portField": known.get("portField")}
    endpoint |= {"path": knowledge.fact(known.get("path"), minor), "required": known.get("required") or None}
    return {key: value for key, value in endpoint.items() if value is not None}


def credential_of(api: str, type_: str, fields: dict) -> str | None:
    """Return the field that takes the one credential of a provider."""
    if (api, type_) in knowledge.CREDENTIALS:
        return knowledge.CREDENTIALS[(api, type_)]
    return next((name for name in ("api_token", "api_key") if name in fields), None)


def describe_field(name: str, field: dict, schemas: Schemas, required: bool) -> dict:
    """Describe one config field of a provider."""
    schema = schemas.reduce(field)
    secret = schemas.kind_of_string(schema) == "password" or (
        CREDENTIAL_NAME.search(name) and "string" in json.dumps(schema)
    )
    described = {"schema": schema}
    if required:
        described["required"] = True
    if field.get("default") is not None and not secret:
        described["default"] = field["default"]
    if secret:
        described["secret"] = True
    return described


def describe_provider(spec, minor: str, schemas: Schemas) -> dict:
    """Describe one provider type of one API."""
    api, type_ = spec.api.value, spec.provider_type
    config_class = dynamic.instantiate_class_type(spec.config_class)
    schemas.model(config_class)
    schema = config_class.model_json_schema()
    needed = schema.get("required", [])
    fields = {
        name: describe_field(name, field, schemas, name in needed)
        for name, field in sorted(schema.get("properties", {}).items())
    }
    endpoint = endpoint_of(api, type_, minor, fields)
    required = {*needed, *knowledge.REQUIRED.get((api, type_), [])}
    if endpoint and endpoint.get("required") and "field" in endpoint:
        required.add(endpoint["field"])
    extra = {True: "allow", False: "forbid"}.get(schema.get("additionalProperties"), "ignore")
    described = {
        "type": type_,
        "fields": fields,
        "endpoint": endpoint,
        "credential": credential_of(api, type_, fields),
        "required": sorted(required),
        "defaults": state_defaults(api, type_, config_class, schema),
        "unknownFields": extra,
        "requires": sorted(dependency.value for dependency in spec.api_dependencies),
        "optional": sorted(dependency.value for dependency in spec.optional_api_dependencies),
        "reachesAtStart": knowledge.REACHES_AT_START.get((api, type_)),
        "serves": knowledge.SERVES.get((api, type_)),
        "shieldIds": knowledge.SHIELD_IDS.get((api, type_)),
        "judgesWithModel": True if (api, type_) in knowledge.JUDGES_WITH_MODEL else None,
        "unloadable": knowledge.fact(knowledge.UNLOADABLE.get((api, type_)), minor),
    }
    return {key: value for key, value in described.items() if value is not None}


def describe_stores() -> dict:
    """Describe the stores under storage.stores and the references that the server's distributions use."""
    fallback = {"responses": {"table_name": "openai_responses", "backend": "sql_default"}}
    stores = {}
    for name, field in storage.ServerStoresConfig.model_fields.items():
        kind = "sql" if "Sql" in str(field.annotation) or "Inference" in str(field.annotation) or "Responses" in str(field.annotation) else "kv"
        reference = field.default.model_dump(exclude_unset=True) if field.default is not None else fallback.get(name)
        if reference is not None:
            stores[name] = {
                "kind": kind,
                "required": name in knowledge.REQUIRED_STORES,
                "reference": {"backend": reference.pop("backend"), **reference},
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
    for group, (names, preferred) in knowledge.TOOLS.items():
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
        "imagePrefix": knowledge.fact(knowledge.IMAGE_PREFIX, minor),
        "apis": sorted(api.value for api in datatypes.Api),
        "autorouted": {
            info.router_api.value: info.routing_table_api.value
            for info in sorted(distribution.builtin_automatically_routed_apis(), key=lambda info: info.router_api.value)
        },
        "internal": sorted(api.value for api in distribution.INTERNAL_APIS),
        "otherApis": sorted(knowledge.ALL_APIS - {api.value for api in datatypes.Api}),
        "renamedApis": knowledge.fact(knowledge.RENAMED_APIS, minor),
        "renamedTypes": knowledge.fact(knowledge.RENAMED_TYPES, minor),
        "retiredTypes": retired_types(minor),
        "missingPackages": {name: missing_packages(types, specs) for name, types in shipped_types().items()},
        "nameFields": [
            name for name in ("distro_name", "image_name") if name in fields and not fields[name].deprecated
        ],
        "modelIdentifier": knowledge.fact(knowledge.MODEL_IDENTIFIER, minor),
        "modelTypes": sorted(schemas.named["ModelType"]["enum"]),
        "toolGroups": "automatic" if "toolgroup_id" in datatypes.ProviderSpec.model_fields else "registered",
        "tools": describe_tools(specs),
        "defaultShield": "safety" in fields,
        "connectors": "connectors" in fields,
        "telemetryKey": "telemetry" in fields,
        "checksModelsAtStart": knowledge.fact(knowledge.CHECKS_MODELS_AT_START, minor),
        "healthPath": knowledge.HEALTH_PATH,
        "variables": knowledge.fact(knowledge.VARIABLES, minor),
        "stateDirectory": STATE_DIRECTORY,
        "stateVariables": knowledge.STATE_VARIABLES,
        "kvTableName": storage.PostgresKVStoreConfig.model_fields["table_name"].default,
        "stores": describe_stores(),
        "config": config,
        "providers": providers,
        "schemas": dict(sorted(schemas.named.items())),
    }


def retired_types(minor: str) -> dict:
    """Return the types that this release has no more."""
    return {
        api: {
            type_: {"last": last, "advice": advice}
            for type_, (last, advice) in types.items()
            if knowledge.number(last) < knowledge.number(minor)
        }
        for api, types in knowledge.RETIRED_TYPES.items()
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
    report(described, distribution.get_provider_registry(), knowledge)
    pathlib.Path(file).write_text(text_of(described) + "\n")
