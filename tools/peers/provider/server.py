"""What the server offers to providers, wherever its release has it."""

try:
    from ogx_api import Api, RemoteProviderSpec, RunShieldResponse, Safety, SafetyViolation, ViolationLevel
except ImportError:
    try:
        from llama_stack_api import Api, RemoteProviderSpec, RunShieldResponse, Safety, SafetyViolation, ViolationLevel
    except ImportError:
        from llama_stack.apis.safety import RunShieldResponse, Safety, SafetyViolation, ViolationLevel
        from llama_stack.providers.datatypes import Api, RemoteProviderSpec

__all__ = ["Api", "RemoteProviderSpec", "RunShieldResponse", "Safety", "SafetyViolation", "ViolationLevel"]
