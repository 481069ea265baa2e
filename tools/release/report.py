"""What a person should look at after describing a release."""

import importlib
import sys

from provider_facts import ENDPOINTS


def report(described: dict, registry: dict) -> None:
    """Say what is not known, what cannot be imported here, and how large the result is."""
    for api, types in described["providers"].items():
        for type_, provider in types.items():
            if type_.startswith("remote::") and type_ not in ENDPOINTS.get(api, {}):
                print(f"{api} {type_}: nothing is known of its endpoint", file=sys.stderr)
            missing = [name for name in provider["required"] if name not in provider["fields"]]
            if missing:
                print(f"{api} {type_}: it has no field {missing}", file=sys.stderr)
            print(
                f"{api} {type_}: endpoint {provider.get('endpoint')} credential {provider.get('credential')}"
                f" required {provider['required']} defaults {sorted(provider['defaults'])}"
                f" secrets {[name for name, field in provider['fields'].items() if field.get('secret')]}"
            )
    for types in registry.values():
        for type_, spec in types.items():
            try:
                importlib.import_module(spec.module)
            except Exception as error:
                print(f"{spec.api.value} {type_}: cannot be imported here: {error}", file=sys.stderr)
