"""The council of the lying server: real log keys, real sealing keys, seven people."""

from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from audit import note
from crypto.hashing import sha256
from crypto.sealing import SealingKey
from protocol.derived import ek_hash
from protocol.ids import Hash, Key, Sid, Wid
from protocol.keys import name_commitment
from protocol.payloads import Device, LogKeys, Logs, Root, Worker
from protocol.vocabulary import Cap
from tests.world import YEAR, Staff, World, hash32, signing_key

ID_ORIGIN: Final = "example.jp/id"
OPS_ORIGIN: Final = "example.jp/ops"
AGENCIES: Final = ("A01", "A02", "A03", "A05", "A06", "A11", "A12")
PEOPLE: Final = {
    "chair": "A01",
    "csw": "A02",
    "elder": "A03",
    "mallory": "A05",  # a member who lies together with the server
    "eve": "A06",  # honest until she is sent away
    "stranger": "A11",  # in no room
    "late": "A12",
}


def seed_of(name: str) -> Hash:
    """The seed of somebody's sealing key."""
    return Hash(sha256(b"ek seed " + name.encode()))


def sealing_key(name: str) -> SealingKey:
    """Somebody's sealing key."""
    return SealingKey.from_seed(seed_of(name))


def salt_of(name: str) -> Hash:
    """The salt beside somebody's name."""
    return hash32(f"salt {name}")


def log_signer(origin: str) -> note.Signer:
    """The key of a log."""
    return note.Signer(name=origin, key=signing_key(origin))


class Burgh(World):
    """A world whose keys open and whose logs can be verified."""

    def root_body(self, *, n: int = 0, prev: Sid | None = None) -> Root:
        """The root, with the keys of both logs."""
        id_, ops = (
            LogKeys(origin=origin, vkeys=(log_signer(origin).verifier.vkey,))
            for origin in (ID_ORIGIN, OPS_ORIGIN)
        )
        body = super().root_body(n=n, prev=prev)
        return replace(body, logs=Logs(id=id_, ops=ops))

    def worker_body(self, name: str, agency: str, **rest: Any) -> Worker:  # noqa: ANN401
        """A certificate that commits to the name."""
        body = super().worker_body(name, agency, **rest)
        return replace(body, nh=name_commitment(salt_of(name), name=name))

    def device_body(
        self, name: str, *, wid: Wid, ik: Key, life: int = YEAR, prev: Sid | None = None
    ) -> Device:
        """A device that can be sealed to."""
        body = super().device_body(name, wid=wid, ik=ik, life=life, prev=prev)
        return replace(body, ekh=ek_hash(sealing_key(name).public))


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """The identity log as it was founded, and who is in it."""

    world: Burgh
    people: dict[str, Staff]


def found() -> Town:
    """Log the agencies and enrol everybody."""
    world = Burgh()
    for agency in AGENCIES:
        world.agency(agency)
    caps = {"chair": (Cap.CHAIR, Cap.MEMBER), "csw": (Cap.MEMBER, Cap.MINUTES)}
    people = {
        name: world.staff(name, agency, caps=caps.get(name, (Cap.MEMBER,)))
        for name, agency in PEOPLE.items()
    }
    return Town(world=world, people=people)
