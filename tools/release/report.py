"""What a person should look at after describing a release."""

import importlib
import pkgutil
import sys

from provider_facts import ENDPOINTS


def report(described: dict, registry: dict) -> None:
    """Say what was found for each type, and on stderr what is not known or cannot be imported here."""
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
                # the package itself imports its adapter only when it makes one
                package = importlib.import_module(spec.module)
                for module in pkgutil.iter_modules(package.__path__):
                    importlib.import_module(f"{spec.module}.{module.name}")
            except Exception as error:
                print(f"{spec.api.value} {type_}: cannot be imported here: {error}", file=sys.stderr)
