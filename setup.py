"""The list of packages, found in the tree so that a new folder of worlds needs no entry anywhere.

`[tool.setuptools.package-dir]` says which folder holds which package (`envs/` is `scoutgym.envs`). Setuptools can find
packages or map folders, but not both at once, so the finding is done here; everything else is in pyproject.toml.
"""

import tomllib
from pathlib import Path

from setuptools import find_packages, setup

config = tomllib.loads((Path(__file__).parent / "pyproject.toml").read_text(encoding="utf-8"))
folders = config["tool"]["setuptools"]["package-dir"]
packages = list(folders)
for package, folder in folders.items():
    packages += [f"{package}.{inner}" for inner in find_packages(folder)]
setup(packages=packages)
