"""Facts that changed between releases: each is written once for every release that changed it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Since:
    """A fact as a step function of the minor release: the value of the highest key that is not above it."""

    values: dict[str, object]

    def at(self, minor: str):
        """Return the value that holds in a minor release, None before the first."""
        known = [key for key in self.values if number(key) <= number(minor)]
        return self.values[max(known, key=number)] if known else None


def number(minor: str) -> tuple[int, ...]:
    """Order minor releases: "0.10" comes after "0.9"."""
    return tuple(int(part) for part in minor.split("."))


def fact(value, minor: str):
    """Return a fact as it holds in a minor release."""
    return value.at(minor) if isinstance(value, Since) else value
