"""This service by itself: `python -m sluice.services.architect --stdio`, or `--port 8000`."""

import sys

from sluice.services.alone import run_alone
from sluice.services.architect.app import service

sys.exit(run_alone("sluice.services.architect", service, sys.argv[1:], stores=False))
