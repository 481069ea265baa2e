"""Stands in for torch, transformers and sentence_transformers: importing them is all that a boot without models needs.

Every name exists, can be called, subclassed and used as a decorator, and does nothing.
"""


class _Nothing:
    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing()

    def __call__(self, *args, **kwargs):
        undecorated = len(args) == 1 and not kwargs and callable(args[0])
        return args[0] if undecorated else _Nothing()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Nothing()
