"""誓約書: what a person pledges for herself (section 5.3)."""

from protocol.ids import Digest, Sid
from protocol.payloads import Pledge
from protocol.statement import compose, sign
from protocol.times import Instant
from sdk.session import Session


async def pledge(session: Session, text: Digest, *, ver: int, until: Instant) -> Sid:
    """Sign the council's current text and wait for the leaf."""
    council, me = session.council, session.me
    statement = compose(
        Pledge(
            net=council.net,
            nce=council.nonce(),
            iat=council.iat(),
            aid=me.aid,
            wid=me.wid,
            text=text,
            ver=ver,
            until=until,
        )
    )
    await council.admit_logged(statement, sign(statement, session.dk))
    return statement.sid
