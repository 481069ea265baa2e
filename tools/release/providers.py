"""Describes the provider types of a release: fields, endpoint, credential, and where each keeps its state."""

import inspect
import json
import pathlib
import re

from release import server_module

import provider_facts as facts
from schema import Schemas, format_of
from since import fact, number

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


def lists_with_key_only(api: str, type_: str, minor: str, fields: dict) -> bool | None:
    """Tell whether a model cannot be registered without the provider's key, at the releases that ask for its list."""
    asked = api == "inference" and type_.startswith("remote::") and number(minor) < number("0.6")
    return True if asked and type_ not in facts.LISTS_WITHOUT_KEY and credential_of(api, type_, minor, fields) else None


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
    values = in_order(values | facts.DEFAULTS.get((api, type_), {}))
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
    known = fact(facts.ENDPOINTS.get(api, {}).get(type_), minor)
    if known is None:
        return None
    field = next((name for name in known.get("fields", ()) if name in fields), None)
    if field is None and "fields" in known:
        raise ValueError(f"{api} {type_} has none of the fields {known['fields']}")
    endpoint = {"form": known["form"], "field": field, "portField": known.get("portField")}
    endpoint |= {"path": fact(known.get("path"), minor), "required": known.get("required") or None}
    return {key: value for key, value in endpoint.items() if value is not None}


def credential_of(api: str, type_: str, minor: str, fields: dict) -> str | None:
    """Return the field that takes the one credential of a provider."""
    if (api, type_) in facts.CREDENTIALS:
        return fact(facts.CREDENTIALS[(api, type_)], minor)
    return next((name for name in ("api_token", "api_key") if name in fields), None)


def describe_field(name: str, field: dict, schemas: Schemas, required: bool) -> dict:
    """Describe one config field of a provider."""
    schema = schemas.reduce(field)
    secret = format_of(schema) == "password" or (
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
    unread = fact(facts.UNREAD.get((api, type_)), minor) or []
    fields = {
        name: describe_field(name, field, schemas, name in needed)
        for name, field in sorted(schema.get("properties", {}).items())
        if name not in unread
    }
    endpoint = endpoint_of(api, type_, minor, fields)
    required = {*needed, *facts.REQUIRED.get((api, type_), [])}
    if endpoint and endpoint.get("required") and "field" in endpoint:
        required.add(endpoint["field"])
    extra = {True: "allow", False: "forbid"}.get(schema.get("additionalProperties"), "ignore")
    described = {
        "type": type_,
        "fields": fields,
        "endpoint": endpoint,
        "credential": credential_of(api, type_, minor, fields),
        "required": sorted(required),
        "requiredWithoutEndpoint": fact(facts.REQUIRED_WITHOUT_ENDPOINT.get((api, type_)), minor),
        "needs": fact(facts.NEEDS.get((api, type_)), minor),
        "excludes": fact(facts.EXCLUDES.get((api, type_)), minor),
        "defaults": state_defaults(api, type_, config_class, schema),
        "unknownFields": extra,
        "requires": sorted(dependency.value for dependency in spec.api_dependencies),
        "optional": sorted(dependency.value for dependency in spec.optional_api_dependencies),
        "reachesAtStart": fact(facts.REACHES_AT_START.get((api, type_)), minor),
        "skipsModelCheck": fact(facts.SKIPS_MODEL_CHECK.get((api, type_)), minor),
        "listsWithKeyOnly": lists_with_key_only(api, type_, minor, fields),
        "modelIds": fact(facts.MODEL_IDS.get((api, type_)), minor),
        "modelPrefix": fact(facts.MODEL_PREFIX.get((api, type_)), minor),
        "serves": facts.SERVES.get((api, type_)),
        "shieldIds": facts.SHIELD_IDS.get((api, type_)),
        "judgesWithModel": True if (api, type_) in facts.JUDGES_WITH_MODEL else None,
        "unloadable": fact(facts.UNLOADABLE.get((api, type_)), minor),
    }
    return {key: value for key, value in described.items() if value is not None}
