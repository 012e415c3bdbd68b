"""A builder for tests: `liar.py SERVICE=MODE … CONFIG` lies as `mini.py` does for these services, else is the template.

Other services are built honestly by the template builder, in this process.
"""

import json
import sys
from pathlib import Path

import mini
from sluice.phases.build.builders.template.__main__ import main

if __name__ == "__main__":
    *lies, config_path = sys.argv[1:]
    config = json.loads(Path(config_path).read_text())
    mode = dict(lie.split("=") for lie in lies).get(config["service"])
    sys.exit(main([config_path]) if mode is None else getattr(mini, mode)(config))
