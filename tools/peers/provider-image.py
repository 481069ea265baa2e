"""Make what the image of an external provider has in /lls-provider: the wheels of a package and of one that it needs.

    provider-image.py PACKAGE FOLDER      PACKAGE: acme.guard, under which the sources of provider/ are packed

The package acme itself has no file, so that several images can each bring a part of it.
"""

import base64
import hashlib
import os
import sys
import zipfile

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "provider")
VERSION = "1.0.0"
WORDS = "def sentence(greeting, text):\n    return f'{greeting}, {text}'\n"
SPEC = """apiVersion: llamastack.io/v1alpha1
kind: ProviderPackage
metadata:
  name: {name}
  version: {version}
  vendor: acme
spec:
  packageName: {package}
  providerType: remote::{name}
  api: safety
  wheelPath: /lls-provider/packages/{wheel}
"""


def write_wheel(folder: str, name: str, files: dict[str, str], requires: list[str]) -> str:
    """Write a wheel (PEP 427) of these files by their paths in it; return the name of the file."""
    distribution = f"{name.replace('-', '_')}-{VERSION}"
    info = f"{distribution}.dist-info"
    needs = "".join(f"Requires-Dist: {need}\n" for need in requires)
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: llsd\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{path},sha256={digest(text)},{len(text.encode())}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
    wheel = f"{distribution}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        for path, text in files.items():
            # a date of its own would make each image another one
            archive.writestr(zipfile.ZipInfo(path), text)
    return wheel


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def sources(package: str) -> dict[str, str]:
    files = {}
    for name in sorted(os.listdir(SOURCES)):
        if name.endswith(".py"):
            with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
                files[f"{package.replace('.', '/')}/{name}"] = file.read()
    return files


def main(package: str, folder: str) -> None:
    name = package.replace(".", "-")
    packages = os.path.join(folder, "packages")
    os.makedirs(packages, exist_ok=True)
    write_wheel(packages, "acme-words", {"acme_words.py": WORDS}, [])
    wheel = write_wheel(packages, name, sources(package), [f"acme-words=={VERSION}"])
    with open(os.path.join(folder, "lls-provider-spec.yaml"), "w", encoding="utf-8") as file:
        file.write(SPEC.format(name=name, version=VERSION, package=package, wheel=wheel))


if __name__ == "__main__":
    main(*sys.argv[1:])
