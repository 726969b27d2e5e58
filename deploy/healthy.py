"""The container's health check: exit 0 when the server in it is ready."""

import os
import sys
from urllib.request import urlopen

port = int(os.environ.get("ENTAKU_PORT", "8080"))
try:
    with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as reply:
        sys.exit(reply.status != 200)  # noqa: PLR2004 -- HTTP's OK
except OSError:
    sys.exit(1)
