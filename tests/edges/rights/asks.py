"""All that is asked of the endpoints and events, in the order of the table."""

from typing import Final

from tests.edges.rights.asks_council import OUTSIDE, SIGN_IN, STATEMENTS
from tests.edges.rights.asks_logs import LOGS
from tests.edges.rights.asks_rooms import ROOMS
from tests.edges.rights.asks_sockets import AUDIT, SOCKETS

ASKS: Final = [*OUTSIDE, *STATEMENTS, *SIGN_IN, *LOGS, *ROOMS, *SOCKETS, *AUDIT]
