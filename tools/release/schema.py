"""Pydantic's JSON Schemas, reduced to what a value is checked by."""

KEYWORDS = (
    "type",
    "enum",
    "const",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "required",
)
FORMATS = ("uri", "password")


class Schemas:
    """The named schemas of a release: models that several others refer to, each kept once."""

    def __init__(self) -> None:
        self.named: dict[str, dict] = {}
        self.tags: dict[str, str] = {}

    def model(self, model: type) -> dict:
        """Reduce the schema of a pydantic model; the models that it refers to become named schemas."""
        schema = model.model_json_schema()
        for name, definition in schema.get("$defs", {}).items():
            reduced = self.reduce(definition)
            if self.named.setdefault(name, reduced) != reduced:
                raise ValueError(f"two different models are called {name}")
        return self.reduce(schema)

    def reduce(self, schema: dict) -> dict:
        """Drop what describes a value, keep what restricts it."""
        if "$ref" in schema:
            return {"$ref": name_of(schema["$ref"])}
        reduced = {key: schema[key] for key in KEYWORDS if key in schema}
        if schema.get("format") in FORMATS:
            reduced["format"] = schema["format"]
        if "discriminator" in schema:
            tag = schema["discriminator"]
            self.tags |= {name_of(reference): tag["propertyName"] for reference in tag["mapping"].values()}
        # the members of a `oneOf` are told apart by a constant field, so `anyOf` says the same
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                reduced["anyOf"] = [self.reduce(member) for member in schema[keyword]]
        if "items" in schema:
            reduced["items"] = self.reduce(schema["items"])
        if "properties" in schema:
            reduced["properties"] = {name: self.reduce(field) for name, field in sorted(schema["properties"].items())}
        if "additionalProperties" in schema:
            more = schema["additionalProperties"]
            reduced["additionalProperties"] = self.reduce(more) if isinstance(more, dict) else more
        return reduced

    def table(self) -> dict[str, dict]:
        """Return the named schemas; one of a tagged union must have its tag, whatever default its model gives that field."""
        return {
            name: {**schema, "required": sorted({*schema.get("required", []), self.tags[name]})}
            if name in self.tags
            else schema
            for name, schema in sorted(self.named.items())
        }


def name_of(reference: str) -> str:
    """Return the model's name in a reference: "#/$defs/NetworkConfig" → "NetworkConfig"."""
    return reference.removeprefix("#/$defs/")


def format_of(schema: dict) -> str | None:
    """Return the format of a schema that is a string or null."""
    members = schema.get("anyOf", [])
    return schema.get("format") or next((member["format"] for member in members if "format" in member), None)
