"""Where the server asks a package for its provider; the type is named by the package: `acme.guard`, remote::acme-guard."""

from .server import Api, RemoteProviderSpec


def get_provider_spec():
    return RemoteProviderSpec(
        api=Api.safety,
        provider_type="remote::" + __package__.replace(".", "-"),
        adapter_type=__package__.replace(".", "-"),
        module=__package__,
        config_class=__package__ + ".Config",
        pip_packages=[],
    )
