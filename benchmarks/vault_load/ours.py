"""One load by Luotsi as a process: reads the county, loads what has landed in a home, tells what the load alone took.

python benchmarks/vault_load/ours.py HOME COUNTY TOLD, run by `run.py`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from luotsi.concepts.reading import read_county
from luotsi.engine.vault import load

sys.path.append(str(Path(__file__).parents[1]))
from timing import within

if __name__ == "__main__":
    home, folder, told = map(Path, sys.argv[1:])
    county, _ = read_county(folder)
    told.write_text(json.dumps(within(lambda: load(home, county))))
