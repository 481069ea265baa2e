"""A safety provider that finds fault with every message, for the tests of `externalProviders`: it answers with what it was
configured with. One source for the servers 0.3 to 0.8."""

import inspect

from acme_words import sentence
from pydantic import BaseModel, SecretStr

from . import server


class Config(BaseModel):
    greeting: str = "hello"
    api_token: SecretStr | None = None


class Guard(server.Safety):
    def __init__(self, config: Config):
        self.config = config

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def register_shield(self, shield) -> None:
        pass

    def find(self, messages):
        token = self.config.api_token.get_secret_value() if self.config.api_token else ""
        violation = server.SafetyViolation(
            violation_level=server.ViolationLevel.ERROR,
            user_message=sentence(self.config.greeting, messages[-1].content),
            metadata={"token": token, "package": __name__},
        )
        return server.RunShieldResponse(violation=violation)

    # the server compares the names of the parameters; from 0.5 on they are one request
    if "request" in inspect.signature(server.Safety.run_shield).parameters:

        async def run_shield(self, request):
            return self.find(request.messages)

        async def run_moderation(self, request):
            raise NotImplementedError

    else:

        async def run_shield(self, shield_id, messages, params):
            return self.find(messages)

        async def run_moderation(self, input, model):
            raise NotImplementedError


async def get_adapter_impl(config: Config, deps):
    return Guard(config)
