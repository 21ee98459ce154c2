"""Makes the dbt project of `automate_dv/` ready to run: its environment, and the packages it stands on.

None of AutomateDV's code is here: `dbt deps` brings it, or a folder given that holds `automate_dv` and `dbt_utils`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from timing import environment

PROJECT = Path(__file__).with_name("automate_dv")
QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "False"}


def dbt(envs: Path) -> Path:
    """The command `dbt` of an environment of its own, made at the first call."""
    return environment("automate_dv", PROJECT / "requirements.txt", envs).with_name("dbt")


def project(folder: Path, command: Path, packages: Path | None) -> Path:
    """A copy of the project in `folder` with its packages."""
    shutil.copytree(PROJECT, folder)
    if packages:
        # Without a list of packages dbt takes what it finds, and asks no registry.
        (folder / "packages.yml").unlink()
        for name in ("automate_dv", "dbt_utils"):
            if not (packages / name / "dbt_project.yml").exists():
                raise SystemExit(f"{packages} holds no package {name}; give the folder that `dbt deps` fills")
            shutil.copytree(packages / name, folder / "dbt_packages" / name)
    else:
        subprocess.run([command, "deps", "--project-dir", folder, "--profiles-dir", folder], check=True)
    return folder
