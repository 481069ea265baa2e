#!/usr/bin/env python3
"""Load config.yaml files as the server does, without booting it. Run it with a release's own Python.

stdin   one case a line:   {"id", "config": <YAML text>, "env": {"NAME": "value"}}
stdout  one result a line: {"id", "ok", "errors": [...], "ignored": [...], "config": {...} | null}

The server's own code does the work: environment variables, the config model, each enabled provider's config class.
"ignored" lists the given keys that pydantic drops in silence; it needs a config that the model accepts. "config" is the
loaded meaning, defaults and secret values included, so that two files can be compared.
What only a boot can show (that required APIs are there, that registered resources find their provider) is not checked.
"""

import enum
import json
import pathlib
import sys

from release import server_module, set_environment, take_stdout, write_line

results = take_stdout()

import yaml
from pydantic import AnyUrl, BaseModel, SecretBytes, SecretStr, ValidationError

configure = server_module("core.configure")
stack = server_module("core.stack")
distribution = server_module("core.distribution")
dynamic = server_module("core.utils.dynamic")

# provider_id comes last: a registered resource has one too
ID_KEYS = ("model_id", "shield_id", "vector_store_id", "toolgroup_id", "connector_id", "dataset_id", "provider_id")


def entry_name(entry, index: int) -> str:
    """Name a list entry by its id where it has one: an index would count entries that the server left out."""
    names = (entry.get(key) for key in ID_KEYS) if isinstance(entry, dict) else ()
    return f"[{next((name for name in names if name), index)}]"


def plain(value):
    """Turn a loaded value into JSON: models by field name, secrets by their value."""
    if isinstance(value, BaseModel):
        fields = {name: value.__dict__[name] for name in type(value).model_fields}
        return {key: plain(item) for key, item in (fields | (value.model_extra or {})).items()}
    if isinstance(value, dict):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=json.dumps)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, SecretStr | SecretBytes):
        return plain(value.get_secret_value())
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, pathlib.PurePath | AnyUrl):
        return str(value)
    # pydantic's own URL types are no common class; bytes and dates appear in no config class
    return str(value)


def field_of(model: type[BaseModel], key: str) -> str | None:
    """Return the name of the model's field that a given key fills, by its alias or, where allowed, by its name."""
    by_name = model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name")
    for name, field in model.model_fields.items():
        alias = field.validation_alias or field.alias
        aliases = {alias} if isinstance(alias, str) else set(getattr(alias, "choices", ()))
        if key in aliases or (key == name and (by_name or not aliases)):
            return name
    return None


def unread_keys(given, loaded, path: tuple = ()):
    """Yield the path of each given key that has no place in what was loaded from it.

    Following the loaded value instead of the type annotations shows the union member that the server really chose.
    """
    if isinstance(loaded, BaseModel) and isinstance(given, dict):
        for key, value in given.items():
            name = field_of(type(loaded), key)
            if name is not None:
                yield from unread_keys(value, loaded.__dict__[name], (*path, key))
            elif key not in (loaded.model_extra or {}):
                yield (*path, key)
    elif isinstance(loaded, dict) and isinstance(given, dict):
        by_text = {str(plain(key)): value for key, value in loaded.items()}
        for key, value in given.items():
            if str(key) in by_text:
                yield from unread_keys(value, by_text[str(key)], (*path, key))
    elif isinstance(loaded, list | tuple) and isinstance(given, list | tuple) and len(loaded) == len(given):
        for index, (value, made) in enumerate(zip(given, loaded, strict=True)):
            yield from unread_keys(value, made, (*path, index))


def without(given, path: tuple):
    """Copy a tree without the key at this path."""
    head, *rest = path
    if isinstance(given, list):
        return [without(value, tuple(rest)) if index == head else value for index, value in enumerate(given)]
    if not rest:
        return {key: value for key, value in given.items() if key != head}
    return {**given, head: without(given[head], tuple(rest))}


def text_of(path: tuple, given) -> str:
    """Write a path as text: ("providers", "inference", 0, "config", "url") → "providers.inference[vllm].config.url"."""
    text = ""
    for part in path:
        if isinstance(part, int) and isinstance(given, list):
            text += entry_name(given[part], part)
        else:
            text += f".{part}" if text else str(part)
        given = given[part]
    return text


def ignored_keys(load, given, loaded) -> list[str]:
    """List the keys that change nothing: no field takes them, and the same value is loaded without them.

    The second half matters for models that read a key in a validator of their own before the fields are filled.
    """
    found = []
    for path in unread_keys(given, loaded):
        try:
            silent = plain(load(without(given, path))) == plain(loaded)
        except ValueError:
            silent = False
        if silent:
            found.append(text_of(path, given))
    return found


def messages(error: Exception, prefix: str = "") -> list[str]:
    """Write an exception as one line per fault, each with the path that it is about."""
    if not isinstance(error, ValidationError):
        return [f"{prefix}{': ' if prefix else ''}{type(error).__name__}: {error}"]
    lines = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join([*([prefix] if prefix else []), *(str(part) for part in fault["loc"])])
        lines.append(f"{path}: {fault['msg']}" if path else fault["msg"])
    return lines


def enabled(provider) -> bool:
    """Say whether the server would make this provider: an empty id or "__disabled__" switches it off."""
    return bool(provider.provider_id) and provider.provider_id != "__disabled__"


def config_maker(registry, api: str, provider):
    """Return what turns a provider's config into an object of the class that the registry names for its type."""
    types = {registered.value: by_type for registered, by_type in registry.items()}
    if api not in types:
        raise ValueError(f'no provider can be configured for the API "{api}"')
    spec = types[api].get(provider.provider_type)
    if spec is None:
        raise ValueError(f'the API "{api}" has no provider type "{provider.provider_type}"')
    if spec.deprecation_error:
        raise ValueError(spec.deprecation_error)
    config_class = dynamic.instantiate_class_type(spec.config_class)
    return lambda config: config_class(**config)


def load(case: dict) -> dict:
    """Load one case; every fault of it is reported, not only the first."""
    set_environment(case.get("env") or {})
    result = {"id": case.get("id"), "ok": False, "errors": [], "ignored": [], "config": None}
    try:
        given = stack.replace_env_vars(yaml.safe_load(case["config"]))
        model = configure.parse_and_maybe_upgrade_config(yaml.safe_load(case["config"]))
        registry = distribution.get_provider_registry(model)
    except Exception as error:
        result["errors"] = messages(error)
        return result
    cast = getattr(stack, "cast_distro_name_to_string", None) or stack.cast_image_name_to_string
    result["ignored"] = ignored_keys(lambda tree: type(model)(**cast(dict(tree))), given, model)
    result["config"] = plain(model)
    for api, providers in model.providers.items():
        result["config"]["providers"][api] = loaded = []
        for provider in filter(enabled, providers):
            path = f"providers.{api}[{provider.provider_id}]"
            loaded.append(plain(provider))
            try:
                make = config_maker(registry, api, provider)
                path += ".config"
                made = make(provider.config)
            except Exception as error:
                result["errors"] += messages(error, path)
                continue
            loaded[-1]["config"] = plain(made)
            result["ignored"] += [f"{path}.{key}" for key in ignored_keys(make, provider.config, made)]
    result["ok"] = not result["errors"]
    return result


for line in sys.stdin:
    if line.strip():
        write_line(results, json.dumps(load(json.loads(line))))
