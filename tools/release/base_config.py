"""Writes the base config of a distribution: what its image ships, reduced to what differs from the server's defaults.

usage: <venv of the release>/bin/python base_config.py RELEASE FOLDER [DISTRIBUTION SHIPPED]

It writes FOLDER/<distribution>-<release>.json for every distribution that distribution_facts.py lists, or for the one
whose shipped config.yaml is not part of the server's package. The reduced config loads to what the shipped one loads to,
with the variables set that it needs and with all of them set, but for the mend in distribution_facts.py.
"""

import copy
import json
import pathlib
import re
import sys

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))

from release import server_module, set_environment  # noqa: E402

import distribution_facts as facts  # noqa: E402
from providers import STATE_DIRECTORY, in_order  # noqa: E402

configure = server_module("core.configure")
distribution = server_module("core.distribution")
dynamic = server_module("core.utils.dynamic")
stack = server_module("core.stack")

REGISTRY = {api.value: types for api, types in distribution.get_provider_registry().items()}
EXPRESSION = re.compile(r"\$\{env\.([A-Z0-9_]+)(:[=+])?")

# Keys that stay written out although the server would fill them in alike: they are what a CR is merged with.
WRITTEN_OUT = ("version", "image_name", "distro_name", "apis", "providers")
DROPPED_FROM_STORAGE = ("max_write_queue_size", "num_writers")
WIDTH = 110
KEY_ORDER = ("version", "distro_name", "image_name", "apis", "providers", "storage", "registered_resources")


# What the fields of these variables take.
VALUES = {
    "INFERENCE_MODEL": "meta-llama/Llama-3.2-3B-Instruct",
    "NVIDIA_APPEND_API_VERSION": "false",
    "QUANTIZATION_TYPE": "fp8_mixed",
}

# Variables that their provider refuses beside another one: GEMINI_API_KEY, or a token with its project.
LEFT_OUT = {"GEMINI_ACCESS_TOKEN", "GEMINI_AI_PROJECT"}


def value_of(name: str) -> str:
    """Return a value that the field of a variable takes and that no default equals."""
    if name in VALUES:
        return VALUES[name]
    if name.endswith("_PORT"):
        return "6000"
    if re.search(r"_(TOKENS|SIZE|LEN|DIMENSION|PERIOD|TIMEOUT)$", name):
        return "17"
    if re.search(r"_(VERIFY|TLS|SECURE|HTTPS|GRPC|BUCKET)$", name):
        return "false"
    if name.endswith(("_URL", "_URI", "_BASE", "_ENDPOINT")):
        return f"http://{name.lower().replace('_', '-')}.example/v9"
    return f"value-of-{name}"


def environments(text: str) -> list[dict[str, str]]:
    """Return the two sets of variables that a config is loaded with: those that it needs, and all."""
    needed = {name for name, default in EXPRESSION.findall(text) if not default}
    every = {name for name, _ in EXPRESSION.findall(text)} - LEFT_OUT
    return [{name: value_of(name) for name in names} for names in (needed, every)]


def substituted(tree):
    """Put the variables of this process into a tree."""
    return stack.replace_env_vars(copy.deepcopy(tree))


def known_class(api: str, provider: dict):
    """Return the config class of a provider; None for a type that comes from a module of its own."""
    spec = REGISTRY.get(api, {}).get(provider["provider_type"])
    return spec and dynamic.instantiate_class_type(spec.config_class)


def loads(make, tree, variables: list[dict[str, str]]):
    """Return what a tree is loaded to under each set of variables; None where it cannot be."""
    loaded = []
    for each in variables:
        set_environment(each)
        try:
            loaded.append(make(substituted(tree)))
        except Exception:
            return None
    return loaded


def reduced(tree: dict, same, may_go=lambda path: True, path: tuple = ()) -> dict:
    """Drop every key of a tree that may go and without which it still loads to the same."""
    for key in list(tree):
        at = (*path, key)
        rest = {name: value for name, value in tree.items() if name != key}
        if may_go(at) and same(rest):
            tree = rest
        elif isinstance(tree[key], dict) and at != ("providers",):
            now = tree
            part = reduced(tree[key], lambda part, key=key, now=now: same({**now, key: part}), may_go, at)
            tree = {**tree, key: part}
    return tree


def refers(tree: dict, path: tuple) -> bool:
    """Say whether the value at a path takes anything from the environment: that is said even where a default would do so too."""
    for key in path:
        tree = tree[key]
    return EXPRESSION.search(json.dumps(tree)) is not None


def may_go(path: tuple) -> bool:
    """Say whether a key of config.yaml may be left to the server's defaults."""
    return path[-1] in DROPPED_FROM_STORAGE if path[0] == "storage" else path[0] not in WRITTEN_OUT


def enabled(provider_id: str, variables: dict[str, str]) -> bool:
    """Say whether the server makes a provider under these variables."""
    set_environment(variables)
    return bool(substituted({"id": provider_id})["id"])


def reduce_provider(api: str, provider: dict, variables: list) -> dict:
    """Reduce the config of one provider by the class that reads it; one of an unknown class stays as it is."""
    entry = {key: provider[key] for key in ("provider_id", "provider_type", "module") if key in provider}
    config, config_class = provider.get("config") or {}, known_class(api, provider)
    if config_class is not None:
        # a disabled provider's config is read by nobody
        enabling = [each for each in variables if enabled(provider["provider_id"], each)]

        def load(tree: dict):
            return loads(lambda given: config_class(**given).model_dump(), tree, enabling)

        whole = load(config)
        if whole is None:
            raise ValueError(f"{provider['provider_type']} does not load")
        fields = config_class.model_json_schema().get("properties", {})
        config = reduced(config, lambda part: load(part) == whole, lambda at: at[0] not in fields or not refers(config, at))
    return {**entry, **({"config": references_in_order(config)} if config else {})}


def references_in_order(tree):
    """Put `backend` first wherever a store is referred to."""
    if not isinstance(tree, dict):
        return tree
    if "backend" in tree:
        return in_order(tree)
    return {key: references_in_order(value) for key, value in tree.items()}


def without_modules(tree: dict) -> dict:
    """Leave out the providers that come from modules of their own: the package alone cannot load them."""
    providers = {
        api: [entry for entry in entries if "module" not in entry] for api, entries in tree["providers"].items()
    }
    return {**tree, "providers": providers}


def load_whole(tree: dict):
    """Return what the server's model makes of a config, without the providers' own configs."""
    loaded = configure.parse_and_maybe_upgrade_config(copy.deepcopy(tree)).model_dump()
    for entries in loaded["providers"].values():
        for entry in entries:
            entry.pop("config", None)
    return loaded


def base_config(name: str, shipped: dict) -> tuple[dict, str | None]:
    """Reduce a shipped config, and mend it; say what was mended."""
    variables = environments(json.dumps(shipped))
    tree = {**shipped, "providers": {}}
    tree["providers"] = {
        api: [reduce_provider(api, provider, variables) for provider in entries]
        for api, entries in shipped["providers"].items()
    }

    def load(part: dict):
        return loads(load_whole, without_modules(part), variables)

    whole = load(tree)
    if whole is None:
        raise ValueError(f"{name} does not load")
    tree = reduced(tree, lambda part: load(part) == whole, may_go)
    tree["storage"]["stores"] = {key: in_order(value) for key, value in tree["storage"]["stores"].items()}
    ordered = {key: tree[key] for key in (*KEY_ORDER, *tree) if key in tree}
    return facts.mend(name, STATE_DIRECTORY, ordered)


def shipped_file(name: str) -> pathlib.Path:
    """Return the config that the package ships for a distribution; until 0.3 it was called run.yaml."""
    folder = pathlib.Path(server_module("distributions").__path__[0]) / name
    return next(file for file in (folder / "config.yaml", folder / "run.yaml") if file.exists())


def text_of(value, indent: str = "") -> str:
    """Write JSON with every value that fits in one line."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + len(line) <= WIDTH:
        return line
    more = indent + "  "
    names = [f"{json.dumps(key)}: " for key in value] if isinstance(value, dict) else [""] * len(value)
    items = value.values() if isinstance(value, dict) else value
    lines = [f"{more}{name}{text_of(item, more)}" for name, item in zip(names, items, strict=True)]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n" + ",\n".join(lines) + f"\n{indent}{closing}"


def write(name: str, release: str, folder: str, shipped: pathlib.Path) -> None:
    """Write the base config of one distribution."""
    config, mended = base_config(name, yaml.safe_load(shipped.read_text()))
    written = {"name": name, "release": release, **({"mended": mended} if mended else {}), "config": config}
    pathlib.Path(folder, f"{name}-{release}.json").write_text(text_of(written) + "\n")


if __name__ == "__main__":
    release, folder, *given = sys.argv[1:]
    if given:
        write(given[0], release, folder, pathlib.Path(given[1]))
    else:
        for name in facts.SHIPPED_WITH_SERVER.get(release, ()):
            write(name, release, folder, shipped_file(name))
