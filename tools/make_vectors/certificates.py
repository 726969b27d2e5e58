"""09: certificates, their chains, and every line of `trust` (protocol, sections 5.3, 5.22)."""

from collections.abc import Iterator

from msgspec.structs import replace

from crypto.errors import Code
from protocol.codec import b64u
from protocol.derived import device_id, worker_id
from protocol.ids import Did, Digest, Hash, Key, NetId, Wid
from protocol.leaf import leaf_for
from protocol.payloads import Device, KeySet, Root, WitnessKey, Worker
from protocol.shapes import as_set
from protocol.statement import signature_hash
from protocol.times import DAY, HOUR
from protocol.vocabulary import Cap, RevokeWhat, RevokeWhy
from tests.world import (
    START,
    YEAR,
    Dev,
    Staff,
    aid_of,
    hash32,
    id16,
    inv_of,
    public,
    registrar,
    signing_key,
)
from tools.make_vectors.story import Story

SMALL_ORDER = Key(Hash(bytes([1]) + bytes(31)))
LEAD = (Cap.CHAIR, Cap.MEMBER)


def stories() -> Iterator[Story]:
    """Every story of this file."""
    yield _trusted()
    yield _expired()
    yield _revoked()
    yield _agency_renewed()
    yield _agency_narrowed()
    yield _worker_renewed()
    yield _new_person()
    yield _named_twice()
    yield _first_device_alone()
    yield _since()
    yield _roots()
    yield _releases()
    yield _agencies()
    yield _invitations()
    yield _workers()
    yield _devices()
    yield _revocations()
    yield _pledges()
    yield _pledge_texts()
    yield _bases()
    yield _leaves()


def _trusted() -> Story:
    s = Story(id="whose key it is")
    c, size = s.council, s.world.size
    s.trust("a device in force", c.elder.dk, of=c.elder)
    s.trust("an envelope", c.elder.dk, "env", of=c.elder)
    s.trust("before its leaf", c.elder.dk, n=_index(s, c.elder.dev), code=Code.NOT_LOGGED)
    s.trust("right after its leaf", c.elder.dk, n=_index(s, c.elder.dev) + 1, of=c.elder)
    s.trust("before the root", c.elder.dk, n=0, code=Code.UNTRUSTED)
    s.trust("a key nobody named", signing_key("nobody"), code=Code.UNTRUSTED)
    s.trust("a point of small order", SMALL_ORDER, code=Code.WEAK_KEY)
    s.trust("a person's key", c.elder.ik, code=Code.UNTYPED_KEY)
    s.trust("a person's key, before its leaf", c.elder.ik, n=10, code=Code.UNTRUSTED)
    s.trust("a certificate by a device", c.elder.dk, "worker", code=Code.UNTYPED_KEY)
    s.trust("a root by a device", c.elder.dk, "root", code=Code.UNTYPED_KEY)
    s.trust("a registrar's key", registrar("A03"), code=Code.UNTRUSTED)
    s.trust("the last size", c.auditor.dk, n=size, of=c.auditor)
    return s


def _index(s: Story, device: Dev) -> int:
    return s.world.directory.statements[device.sid]


def _expired() -> Story:
    s = Story(id="what has run out")
    late = s.world.worker_body("late", "A03", start=DAY)
    s.world.invite("late", "A03")
    ik = signing_key("ik late")
    s.log("a worker from tomorrow on", late, registrar("A03"), ik)
    s.log(
        "her device cannot be certified before",
        s.world.device_body("late", wid=late.wid, ik=late.ik),
        ik,
        signing_key("dk late"),
        code=Code.EXPIRED,
    )
    short = s.world.staff("short", "A05", life=2 * DAY)
    phone = s.world.staff("phone", "A05", device_life=3 * DAY)
    first = s.world.size
    s.trust("the worker, in time", short.dk, of=short)
    s.trust("the device, in time", phone.dk, of=phone)
    s.world.beat(2 * DAY)
    s.trust("the worker's certificate has ended", short.dk, code=Code.EXPIRED)
    s.trust("judged at the earlier point", short.dk, n=first, of=short)
    s.trust("type is judged after time", short.dk, "root", code=Code.EXPIRED)
    s.world.beat(DAY)
    s.trust("the device's certificate has ended", phone.dk, code=Code.EXPIRED)
    s.world.beat(YEAR)
    s.trust("everything has ended", s.council.elder.dk, code=Code.EXPIRED)
    return s


def _revoked() -> Story:
    s = Story(id="what was revoked")
    c, w = s.council, s.world
    before = w.size
    lost = w.revoke_body(RevokeWhat.DEVICE, c.elder.dev.sid)
    s.log("a device, by its person", lost, c.elder.ik)
    s.trust("the device", c.elder.dk, code=Code.REVOKED)
    s.trust("the device, a point before", c.elder.dk, n=before, of=c.elder)
    s.log(
        "a worker, by her registrar",
        w.revoke_body(RevokeWhat.WORKER, c.health.sid),
        registrar("A05"),
    )
    s.trust("her device", c.health.dk, code=Code.REVOKED)
    s.trust("her device, another type", c.health.dk, "worker", code=Code.REVOKED)
    agency = w.directory.agencies[aid_of("A12")].versions[0].sid
    s.log("a member agency, by sec", w.revoke_body(RevokeWhat.AGENCY, agency), w.sec_key)
    s.trust("its worker's device", c.npo.dk, code=Code.REVOKED)
    short = w.staff("short", "A06", life=DAY)
    s.log(
        "a worker who also runs out", w.revoke_body(RevokeWhat.WORKER, short.sid), registrar("A06")
    )
    w.beat(2 * DAY)
    s.trust("time is judged before revocation", short.dk, code=Code.EXPIRED)
    return s


def _agency_renewed() -> Story:
    s = Story(id="an agency is renewed")
    c, w = s.council, s.world
    first = w.directory.agencies[aid_of("A03")].versions[0].sid
    fresh = signing_key("registrar A03 again")
    body = replace(w.agency_body("A03", prev=first, key=fresh), exp=START.plus(2 * YEAR))
    s.log("another registrar, by sec", body, w.sec_key)
    s.trust("its workers stay", c.elder.dk, of=c.elder)
    s.log(
        "the old registrar invites nobody",
        w.invite_body("x", "A03"),
        registrar("A03"),
        code=Code.BAD_SIG,
    )
    s.log("the new one does", w.invite_body("new", "A03"), fresh)
    ik = signing_key("ik new")
    s.log("by her key", w.worker_body("new", "A03"), fresh, ik)
    s.log(
        "a second renewal of the first version",
        w.agency_body("A03", prev=first),
        w.sec_key,
        code=Code.UNTRUSTED,
    )
    s.log("an agency of the same id", w.agency_body("A03"), w.sec_key, code=Code.UNTRUSTED)
    w.beat(DAY)
    s.trust("still, a day later", c.elder.dk, of=c.elder)
    s.log("any version named ends the chain", w.revoke_body(RevokeWhat.AGENCY, first), w.sec_key)
    s.trust("nobody of it is in force", c.elder.dk, code=Code.REVOKED)
    later = w.directory.agencies[aid_of("A03")].versions[-1].sid
    s.log("nor can it be renewed", w.agency_body("A03", prev=later), w.sec_key, code=Code.REVOKED)
    s.log("nor invite", w.invite_body("y", "A03"), fresh, code=Code.REVOKED)
    return s


def _agency_narrowed() -> Story:
    s = Story(id="an agency loses a capability")
    c, w = s.council, s.world
    first = w.directory.agencies[aid_of("A02")].versions[0].sid
    body = w.agency_body("A02", prev=first, caps=(Cap.MEMBER,))
    s.log("sec cannot take host away", body, w.sec_key, code=Code.BAD_SIG)
    s.trust("a chair of it", c.csw.dk, of=c.csw)
    s.log(
        "two root keys can", w.agency_body("A02", prev=first, caps=(Cap.MEMBER,)), *w.root_keys[:2]
    )
    s.trust("her capabilities are wider than its", c.csw.dk, code=Code.UNTRUSTED)
    newest = w.directory.agencies[aid_of("A02")].versions[-1].sid
    s.log("sec gives nothing back", w.agency_body("A02", prev=newest), w.sec_key, code=Code.BAD_SIG)
    s.log("root does", w.agency_body("A02", prev=newest), *w.root_keys[1:])
    s.trust("she may again", c.csw.dk, of=c.csw)
    return s


def _worker_renewed() -> Story:
    s = Story(id="a worker is renewed")
    c, w = s.council, s.world
    body = _renewal(s, c.elder)
    s.log("without the worker's own signature", body, registrar("A03"), code=Code.BAD_SIG)
    s.log(
        "with another generation",
        replace(_renewal(s, c.elder), gen=1),
        registrar("A03"),
        c.elder.ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "with an invitation",
        replace(_renewal(s, c.elder), inv=inv_of("z")),
        registrar("A03"),
        c.elder.ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "at another agency",
        replace(_renewal(s, c.elder), aid=aid_of("A05")),
        registrar("A05"),
        c.elder.ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "with wider capabilities",
        replace(_renewal(s, c.elder), caps=as_set(LEAD)),
        registrar("A03"),
        c.elder.ik,
        code=Code.UNTRUSTED,
    )
    s.log("as it should be", _renewal(s, c.elder), registrar("A03"), c.elder.ik)
    s.trust("her device goes on", c.elder.dk, of=c.elder)
    again = replace(_renewal(s, c.elder), prev=c.elder.sid)
    s.log("a second successor", again, registrar("A03"), c.elder.ik, code=Code.UNTRUSTED)
    s.log(
        "revoking the first version",
        w.revoke_body(RevokeWhat.WORKER, c.elder.sid),
        registrar("A03"),
    )
    s.trust("ends them all", c.elder.dk, code=Code.REVOKED)
    s.log(
        "and no renewal saves her",
        _renewal(s, c.elder),
        registrar("A03"),
        c.elder.ik,
        code=Code.REVOKED,
    )
    return s


def _renewal(s: Story, person: Staff) -> Worker:
    newest = s.world.directory.workers[person.wid].versions[-1]
    return replace(
        newest.body, nce=s.world.nonce(), inv=None, prev=newest.sid, exp=START.plus(2 * YEAR)
    )


def _new_person() -> Story:
    s = Story(id="a new identity key is another person")
    c, w = s.council, s.world
    ik = signing_key("ik elder again")
    made = replace(_renewal(s, c.elder), ik=public(ik), gen=1, inv=inv_of("elder again"))
    s.log("without an invitation", made, registrar("A03"), ik, code=Code.UNTRUSTED)
    w.log(w.invite_body("anyone", "A03"), registrar("A03"))
    s.log(
        "with one that was not made for her",
        replace(made, nce=w.nonce(), inv=inv_of("anyone")),
        registrar("A03"),
        ik,
        code=Code.UNTRUSTED,
    )
    w.log(w.invite_body("elder again", "A03", wid=c.elder.wid), registrar("A03"))
    s.log(
        "skipping a generation",
        replace(made, nce=w.nonce(), gen=2),
        registrar("A03"),
        ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "with a key of somebody else",
        replace(made, nce=w.nonce(), ik=public(c.health.ik)),
        registrar("A03"),
        c.health.ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "with a device's key",
        replace(made, nce=w.nonce(), ik=public(c.health.dk)),
        registrar("A03"),
        c.health.dk,
        code=Code.UNTRUSTED,
    )
    before = w.size
    s.log("as it should be", replace(made, nce=w.nonce()), registrar("A03"), ik)
    s.trust("the old device is nobody's", c.elder.dk, code=Code.UNTRUSTED)
    s.trust("before, it was hers", c.elder.dk, n=before, of=c.elder)
    s.log(
        "its key stays used",
        w.device_body("elder", wid=c.elder.wid, ik=public(ik)),
        ik,
        c.elder.dk,
        code=Code.UNTRUSTED,
    )
    old = w.directory.devices[c.elder.dev.did].versions[-1]
    moved = replace(old.body, nce=w.nonce(), ik=public(ik), prev=old.sid)
    s.log("nor does it follow her by renewal", moved, ik, c.elder.dk, code=Code.UNTRUSTED)
    fresh = w.device_body("elder again", wid=c.elder.wid, ik=public(ik))
    s.log("a first device of the new key", fresh, ik, signing_key("dk elder again"))
    s.ask(
        "the new person",
        "worker",
        Code.UNTRUSTED,
        wid=c.elder.wid.hex(),
        ik=_b64(public(c.elder.ik)),
        n=w.size,
    )
    return s


def _b64(key: Hash) -> str:
    return b64u(key)


def _named_twice() -> Story:
    s = Story(id="named twice")
    c, w = s.council, s.world
    s.log(
        "an invitation used twice",
        replace(_first(s, "elder", "A03"), ik=public(signing_key("ik other"))),
        registrar("A03"),
        signing_key("ik other"),
        code=Code.UNTRUSTED,
    )
    w.invite("other", "A03")
    s.log(
        "a person's key used twice",
        replace(_first(s, "other", "A03"), ik=public(c.health.ik)),
        registrar("A03"),
        c.health.ik,
        code=Code.UNTRUSTED,
    )
    s.trust("the first stands", c.health.dk, of=c.health)
    body = w.device_body("health", wid=c.elder.wid, ik=public(c.elder.ik))
    s.log(
        "a device's key used twice", body, c.elder.ik, c.health.dk, c.elder.dk, code=Code.UNTRUSTED
    )
    s.trust("it stays hers", c.health.dk, of=c.health)
    s.log(
        "an invitation named twice",
        w.invite_body("other", "A03"),
        registrar("A03"),
        code=Code.UNTRUSTED,
    )
    s.log(
        "a person's key as a device's",
        replace(
            w.device_body("x", wid=c.elder.wid, ik=public(c.elder.ik)),
            dk=public(c.health.ik),
            did=device_id(net=w.net, wid=c.elder.wid, dk=public(c.health.ik)),
        ),
        c.elder.ik,
        c.health.ik,
        c.elder.dk,
        code=Code.UNTRUSTED,
    )
    return s


def _first(s: Story, name: str, agency: str) -> Worker:
    return s.world.worker_body(name, agency)


def _first_device_alone() -> Story:
    s = Story(id="further devices")
    c, w = s.council, s.world
    ik, dk = c.elder.ik, signing_key("dk two")
    alone = w.device_body("two", wid=c.elder.wid, ik=public(ik))
    s.log("a second device without a sibling", alone, ik, dk, code=Code.BAD_SIG)
    s.trust("its key is refused with the same code", dk, code=Code.BAD_SIG)
    s.trust("but not before that leaf", dk, n=w.size - 1, code=Code.UNTRUSTED)
    other = w.device_body("three", wid=c.elder.wid, ik=public(ik))
    s.log(
        "linked by somebody else's device",
        other,
        ik,
        signing_key("dk three"),
        c.health.dk,
        code=Code.BAD_SIG,
    )
    s.log(
        "linked by the first",
        w.device_body("four", wid=c.elder.wid, ik=public(ik)),
        ik,
        signing_key("dk four"),
        c.elder.dk,
    )
    s.trust("is hers", signing_key("dk four"), of=c.elder)
    s.log("the first is lost", w.revoke_body(RevokeWhat.DEVICE, c.elder.dev.sid), ik)
    s.log(
        "and links nothing more",
        w.device_body("five", wid=c.elder.wid, ik=public(ik)),
        ik,
        signing_key("dk five"),
        c.elder.dk,
        code=Code.BAD_SIG,
    )
    s.log(
        "the second does",
        w.device_body("six", wid=c.elder.wid, ik=public(ik)),
        ik,
        signing_key("dk six"),
        signing_key("dk four"),
    )
    return s


def _since() -> Story:
    s = Story(id="a stolen device linked others")
    c, w = s.council, s.world
    early = w.second_device(c.elder, "early")
    since = w.size
    stolen = c.elder
    thief = w.second_device(stolen, "thief")
    nested = w.device("nested", wid=c.elder.wid, ik=c.elder.ik, sibling=thief.dk)
    own = w.device("own", wid=c.elder.wid, ik=c.elder.ik, sibling=early.dk)
    s.log(
        "the device that was stolen, with a date",
        w.revoke_body(RevokeWhat.DEVICE, stolen.dev.sid, since=since, why=RevokeWhy.COMPROMISED),
        c.elder.ik,
    )
    s.trust("the stolen one", stolen.dk, code=Code.REVOKED)
    s.trust("what it linked since", thief.dk, code=Code.REVOKED)
    s.trust("what that one linked", nested.dk, code=Code.REVOKED)
    s.trust("what it linked before", early.dk, of=c.elder)
    s.trust("what another device linked since", own.dk, of=c.elder)
    return s


def _roots() -> Story:
    s = Story(id="roots")
    w = s.world
    s.log("a second first root", w.root_body(), *w.root_keys, code=Code.UNTRUSTED)
    s.log(
        "witnesses in v1",
        replace(_root(s), wit=(WitnessKey(name="w", vkey="k"),), wt=1),
        *w.root_keys,
        code=Code.UNTRUSTED,
    )
    s.log("a skipped number", replace(_root(s), n=2), *w.root_keys, code=Code.UNTRUSTED)
    s.log(
        "another predecessor",
        replace(_root(s), prev=s.council.elder.sid),
        *w.root_keys,
        code=Code.UNTRUSTED,
    )
    s.log("one key of three", _root(s), w.root_keys[0], code=Code.BAD_SIG)
    fresh = [signing_key(f"root new {i}") for i in range(3)]
    changed = replace(_root(s), keys=as_set([public(key) for key in fresh]))
    s.log("new keys without the old", changed, *fresh, code=Code.BAD_SIG)
    s.log(
        "old keys without the new", replace(changed, nce=w.nonce()), *w.root_keys, code=Code.BAD_SIG
    )
    s.log(
        "another net",
        replace(_root(s), net=NetId(hash32("net"))),
        *w.root_keys,
        code=Code.WRONG_NET,
    )
    s.log("both", replace(changed, nce=w.nonce()), *fresh[:2], *w.root_keys[1:])
    newest = w.directory.agencies[aid_of("A01")].versions[-1].sid
    s.log(
        "the old keys certify nobody",
        w.agency_body("A01", prev=newest),
        *w.root_keys,
        code=Code.BAD_SIG,
    )
    s.log("the new ones do", w.agency_body("A01", prev=newest), *fresh[1:])
    return s


def _root(s: Story) -> Root:
    return s.world.root_body(n=1, prev=s.world.root.sid)


def _releases() -> Story:
    s = Story(id="releases of the page")
    w = s.world
    s.log("without keys for it", w.release_body(), *w.root_keys, code=Code.UNTRUSTED)
    keys = [signing_key(f"rel {i}") for i in range(3)]
    rel = KeySet(keys=as_set([public(key) for key in keys]), t=2)
    s.log(
        "a root that names three keys, two of them needed", replace(_root(s), rel=rel), *w.root_keys
    )
    s.log("one key", w.release_body(), keys[0], code=Code.BAD_SIG)
    s.log("one key twice", w.release_body(), keys[0], keys[0], code=Code.BAD_SIG)
    s.log("keys of the root", w.release_body(), *w.root_keys, code=Code.BAD_SIG)
    s.log(
        "another net",
        replace(w.release_body(), net=NetId(hash32("net"))),
        *keys,
        code=Code.WRONG_NET,
    )
    s.log("two keys", w.release_body(), *keys[:2])
    s.log("three keys, the same build again", w.release_body(), *keys)
    s.log("the next version", w.release_body(ver="0.2.0"), *keys[1:])
    last = w.root_body(n=2, prev=w.directory.roots[-1].sid)
    s.log("a root that names none", last, *w.root_keys)
    s.log(
        "by keys that a root no longer names",
        w.release_body(ver="0.3.0"),
        *keys,
        code=Code.UNTRUSTED,
    )
    return s


def _agencies() -> Story:
    s = Story(id="agencies")
    w = s.world
    new = replace(w.agency_body("A03"), aid=aid_of("A30"))
    s.log("by one root key", replace(new, caps=(Cap.HOST,)), w.root_keys[0], code=Code.BAD_SIG)
    s.log(
        "a host by sec", replace(new, caps=(Cap.HOST,), nce=w.nonce()), w.sec_key, code=Code.BAD_SIG
    )
    s.log(
        "longer than three years",
        replace(new, exp=START.plus(4 * YEAR)),
        w.sec_key,
        code=Code.UNTRUSTED,
    )
    s.log(
        "a predecessor that is not there",
        replace(new, prev=w.root.sid),
        w.sec_key,
        code=Code.UNTRUSTED,
    )
    s.log("with a key of small order", replace(new, keys=(SMALL_ORDER,)), w.sec_key)
    s.log(
        "which signs nothing",
        replace(w.invite_body("x", "A03"), aid=aid_of("A30")),
        signing_key("x"),
        code=Code.WEAK_KEY,
    )
    s.log("a member by root", replace(w.agency_body("A05"), aid=aid_of("A31")), *w.root_keys)
    s.log(
        "from next year on",
        replace(
            w.agency_body("A05"), aid=aid_of("A32"), nbf=START.plus(YEAR), exp=START.plus(2 * YEAR)
        ),
        w.sec_key,
    )
    s.log(
        "invites nobody yet",
        replace(w.invite_body("y", "A05"), aid=aid_of("A32")),
        registrar("A05"),
        code=Code.EXPIRED,
    )
    s.log(
        "an unknown agency",
        replace(w.invite_body("y", "A05"), aid=aid_of("A33")),
        registrar("A05"),
        code=Code.UNTRUSTED,
    )
    return s


def _invitations() -> Story:
    s = Story(id="invitations")
    c, w = s.council, s.world
    s.log("by another registrar", w.invite_body("a", "A03"), registrar("A05"), code=Code.BAD_SIG)
    s.log(
        "for more than it may",
        w.invite_body("b", "A03", caps=LEAD),
        registrar("A03"),
        code=Code.RULE_DENIED,
    )
    s.log(
        "for a worker nobody knows",
        w.invite_body("c", "A03", wid=Wid(id16("nobody"))),
        registrar("A03"),
        code=Code.UNKNOWN_ID,
    )
    s.log(
        "without an agency",
        replace(w.invite_body("d", "A03"), aid=aid_of("A99")),
        registrar("A03"),
        code=Code.UNTRUSTED,
    )
    ended = s.log("one that is taken back", w.invite_body("e", "A03"), registrar("A03"))
    s.log("by her registrar", w.revoke_body(RevokeWhat.INVITE, ended.sid), registrar("A03"))
    _join(s, "e", "A03", "is not used any more", code=Code.REVOKED)
    w.log(w.invite_body("f", "A03", life=HOUR), registrar("A03"))
    w.beat(2 * HOUR)
    _join(s, "f", "A03", "nor one that ran out", code=Code.EXPIRED)
    w.invite("g", "A03")
    _join(s, "g", "A05", "nor at another agency", code=Code.UNTRUSTED)
    w.log(w.invite_body("h", "A03", wid=c.elder.wid), registrar("A03"))
    _join(s, "h", "A03", "nor by a stranger, one made for somebody", code=Code.UNTRUSTED)
    _join(s, "i", "A03", "nor one that was never made", code=Code.UNTRUSTED)
    w.invite("j", "A01")
    _join(s, "j", "A01", "nor for more than it says", caps=LEAD, code=Code.UNTRUSTED)
    w.invite("k", "A03")
    _join(s, "k", "A03", "as it should be")
    return s


def _join(
    s: Story,
    name: str,
    agency: str,
    what: str,
    *,
    caps: tuple[Cap, ...] = (Cap.MEMBER,),
    code: Code | None = None,
) -> None:
    body = s.world.worker_body(name, agency, caps=caps)
    s.log(what, body, registrar(agency), signing_key(f"ik {name}"), code=code)


def _workers() -> Story:
    s = Story(id="workers")
    w = s.world
    ik = signing_key("ik p")
    w.invite("p", "A03")
    body = w.worker_body("p", "A03")
    s.log(
        "a chosen id",
        replace(body, wid=Wid(id16("chosen"))),
        registrar("A03"),
        ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "without naming an invitation",
        replace(body, nce=w.nonce(), inv=None),
        registrar("A03"),
        ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "not the first generation",
        replace(body, nce=w.nonce(), gen=1),
        registrar("A03"),
        ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "after nobody",
        replace(body, nce=w.nonce(), prev=w.root.sid),
        registrar("A03"),
        ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "who may chair at a member agency",
        replace(body, nce=w.nonce(), caps=as_set(LEAD)),
        registrar("A03"),
        ik,
        code=Code.UNTRUSTED,
    )
    s.log(
        "by another registrar",
        replace(body, nce=w.nonce()),
        registrar("A05"),
        ik,
        code=Code.BAD_SIG,
    )
    s.log("without the registrar", replace(body, nce=w.nonce()), ik, code=Code.BAD_SIG)
    s.log("without herself", replace(body, nce=w.nonce()), registrar("A03"), code=Code.BAD_SIG)
    s.log(
        "with a key of small order",
        replace(body, nce=w.nonce(), ik=SMALL_ORDER),
        registrar("A03"),
        code=Code.WEAK_KEY,
    )
    s.log("as it should be", replace(body, nce=w.nonce()), registrar("A03"), ik)
    return s


def _devices() -> Story:
    s = Story(id="devices")
    c, w = s.council, s.world
    ik, dk = c.elder.ik, signing_key("dk q")
    body = w.device_body("q", wid=c.elder.wid, ik=public(ik))
    s.log(
        "a chosen id",
        replace(body, did=Did(id16("chosen"))),
        ik,
        dk,
        c.elder.dk,
        code=Code.UNTRUSTED,
    )
    s.log(
        "of a person with another key",
        replace(body, nce=w.nonce(), ik=public(c.health.ik)),
        c.health.ik,
        dk,
        c.elder.dk,
        code=Code.UNTRUSTED,
    )
    s.log(
        "of nobody",
        replace(body, nce=w.nonce(), wid=Wid(id16("nobody"))),
        ik,
        dk,
        code=Code.UNTRUSTED,
    )
    s.log(
        "whose sealing key is not the first",
        replace(body, nce=w.nonce(), eg=1),
        ik,
        dk,
        c.elder.dk,
        code=Code.UNTRUSTED,
    )
    s.log(
        "without its own signature", replace(body, nce=w.nonce()), ik, c.elder.dk, code=Code.BAD_SIG
    )
    s.log("without its person's", replace(body, nce=w.nonce()), dk, c.elder.dk, code=Code.BAD_SIG)
    s.log(
        "after nobody",
        replace(body, nce=w.nonce(), prev=w.root.sid),
        ik,
        dk,
        c.elder.dk,
        code=Code.UNTRUSTED,
    )
    _renew(s, c.elder, "renewed with the counter of another sealing key", code=Code.UNTRUSTED, eg=1)
    _renew(
        s,
        c.elder,
        "renewed with another sealing key under the same counter",
        code=Code.UNTRUSTED,
        ekh=Digest(hash32("ek new")),
    )
    _renew(s, c.elder, "renewed with a new sealing key", ekh=Digest(hash32("ek new")), eg=1)
    _renew(s, c.elder, "renewed as it is", code=Code.UNTRUSTED, prev=c.elder.dev.sid)
    newest = w.directory.devices[c.elder.dev.did].versions[-1].sid
    s.ask(
        "the newest certificate is the recipient",
        "devices",
        [_b64(newest)],
        wid=c.elder.wid.hex(),
        ik=_b64(public(ik)),
        n=w.size,
    )
    s.log("its end", w.revoke_body(RevokeWhat.DEVICE, c.elder.dev.sid), registrar("A03"))
    _renew(s, c.elder, "ends every version", code=Code.REVOKED)
    s.ask(
        "no recipient is left", "devices", [], wid=c.elder.wid.hex(), ik=_b64(public(ik)), n=w.size
    )
    w.beat(121 * DAY)
    s.ask(
        "a certificate of 120 days is too old to seal to",
        "devices",
        [],
        wid=c.health.wid.hex(),
        ik=_b64(public(c.health.ik)),
        n=w.size,
    )
    s.trust("but in force", c.health.dk, of=c.health)
    w.revoke_worker(c.livelihood)
    s.log(
        "of a worker who left",
        w.device_body("r", wid=c.livelihood.wid, ik=public(c.livelihood.ik)),
        c.livelihood.ik,
        signing_key("dk r"),
        c.livelihood.dk,
        code=Code.REVOKED,
    )
    return s


def _renew(
    s: Story, person: Staff, what: str, *, code: Code | None = None, **changes: object
) -> None:
    newest = s.world.directory.devices[person.dev.did].versions[-1]
    body: Device = replace(newest.body, **{"nce": s.world.nonce(), "prev": newest.sid, **changes})
    s.log(what, body, person.ik, person.dk, code=code)


def _revocations() -> Story:
    s = Story(id="revocations")
    c, w = s.council, s.world
    device, worker = c.elder.dev.sid, c.elder.sid
    s.log(
        "of nothing", w.revoke_body(RevokeWhat.DEVICE, w.root.sid), c.elder.ik, code=Code.UNKNOWN_ID
    )
    s.log(
        "of a device called a worker",
        w.revoke_body(RevokeWhat.WORKER, device),
        c.elder.ik,
        code=Code.UNKNOWN_ID,
    )
    s.log(
        "of a device by a colleague",
        w.revoke_body(RevokeWhat.DEVICE, device),
        c.health.ik,
        code=Code.BAD_SIG,
    )
    s.log(
        "of a device by a device",
        w.revoke_body(RevokeWhat.DEVICE, device),
        c.elder.dk,
        code=Code.BAD_SIG,
    )
    s.log(
        "of a worker by herself",
        w.revoke_body(RevokeWhat.WORKER, worker),
        c.elder.ik,
        code=Code.BAD_SIG,
    )
    s.log(
        "of a worker by another registrar",
        w.revoke_body(RevokeWhat.WORKER, worker),
        registrar("A05"),
        code=Code.BAD_SIG,
    )
    host = w.directory.agencies[aid_of("A01")].versions[0].sid
    s.log("of a host by sec", w.revoke_body(RevokeWhat.AGENCY, host), w.sec_key, code=Code.BAD_SIG)
    s.log(
        "of a host by one root key",
        w.revoke_body(RevokeWhat.AGENCY, host),
        w.root_keys[0],
        code=Code.BAD_SIG,
    )
    s.trust("nothing has ended", c.chair.dk, of=c.chair)
    s.log(
        "of a device by the registrar", w.revoke_body(RevokeWhat.DEVICE, device), registrar("A03")
    )
    member = w.directory.agencies[aid_of("A05")].versions[0].sid
    s.log("of a member by root", w.revoke_body(RevokeWhat.AGENCY, member), *w.root_keys[:2])
    s.log("of a host by root", w.revoke_body(RevokeWhat.AGENCY, host), *w.root_keys[:2])
    s.log("twice", w.revoke_body(RevokeWhat.AGENCY, host), *w.root_keys[:2])
    s.trust("the chair of it", c.chair.dk, code=Code.REVOKED)
    return s


def _pledges() -> Story:
    s = Story(id="pledges")
    c, w = s.council, s.world
    body = w.pledge_body(c.elder.aid, c.elder.wid)
    s.log("by somebody else", body, c.health.dk, code=Code.BAD_SIG)
    s.log(
        "at another agency",
        w.pledge_body(aid_of("A05"), c.elder.wid),
        c.elder.dk,
        code=Code.RULE_DENIED,
    )
    s.log(
        "by her identity key",
        w.pledge_body(c.elder.aid, c.elder.wid),
        c.elder.ik,
        code=Code.BAD_SIG,
    )
    s.log(
        "of nobody", w.pledge_body(c.elder.aid, Wid(id16("nobody"))), c.elder.dk, code=Code.BAD_SIG
    )
    s.log("of an agency by its worker", w.pledge_body(c.elder.aid), c.elder.dk, code=Code.BAD_SIG)
    fresh = w.staff("fresh", "A03", pledged=False)
    _pledge(s, "not signed yet", fresh, Code.PLEDGE_MISSING)
    w.pledge(fresh, life=DAY)
    _pledge(s, "signed", fresh, None)
    w.beat(DAY)
    _pledge(s, "run out", fresh, Code.PLEDGE_EXPIRED)
    w.pledge(fresh, life=YEAR)
    _pledge(s, "signed again", fresh, None)
    w.revoke(RevokeWhat.DEVICE, fresh.dev.sid, fresh.ik)
    s.log(
        "by a device that ended", w.pledge_body(fresh.aid, fresh.wid), fresh.dk, code=Code.REVOKED
    )
    w.revoke(RevokeWhat.AGENCY, w.directory.agencies[aid_of("A03")].versions[0].sid, w.sec_key)
    s.log(
        "of an agency that ended", w.pledge_body(aid_of("A03")), registrar("A03"), code=Code.REVOKED
    )
    return s


def _pledge(s: Story, what: str, person: Staff, code: Code | None) -> None:
    s.ask(what, "pledge", code or True, aid=person.aid.hex(), wid=person.wid.hex(), n=s.world.size)


def _pledge_texts() -> Story:
    s = Story(id="a new text of the pledge")
    c, w = s.council, s.world
    _pledge(s, "to the current text", c.elder, None)
    s.log(
        "another agency's text is not the council's",
        w.pledge_body(aid_of("A03"), ver=7),
        registrar("A03"),
    )
    _pledge(s, "still", c.elder, None)
    s.log("the host pledges a new text", w.pledge_body(aid_of("A01"), ver=2), registrar("A01"))
    _pledge(s, "the old one does not count any more", c.elder, Code.PLEDGE_EXPIRED)
    w.pledge(c.elder, ver=2)
    _pledge(s, "hers does", c.elder, None)
    s.ask(
        "her agency's does not",
        "pledge",
        Code.PLEDGE_EXPIRED,
        aid=c.elder.aid.hex(),
        wid=None,
        n=w.size,
    )
    return s


def _bases() -> Story:
    s = Story(id="bases in the log")
    c, w = s.council, s.world
    k = s.convene(c.chair)
    s.log("a consent by somebody else", k.basis_body(c.elder), c.health.dk, code=Code.BAD_SIG)
    s.log(
        "a decision without its approver",
        k.basis_body(c.elder, approver=c.chair, law="swa-106-6", review=30 * DAY),
        c.elder.dk,
        code=Code.BAD_SIG,
    )
    s.log(
        "by one who may not chair",
        k.basis_body(c.elder, approver=c.health, law="swa-106-6", review=30 * DAY),
        c.elder.dk,
        c.health.dk,
        code=Code.RULE_DENIED,
    )
    s.log(
        "approved by its proposer",
        k.basis_body(c.chair, approver=c.chair, law="swa-106-6", review=30 * DAY),
        c.chair.dk,
        code=Code.RULE_DENIED,
    )
    s.log(
        "approved by a chair",
        k.basis_body(c.elder, approver=c.chair, law="swa-106-6", review=30 * DAY),
        c.elder.dk,
        c.chair.dk,
    )
    first = s.log("a consent", k.basis_body(c.elder, sub="son"), c.elder.dk)
    s.log(
        "a version of another subject",
        k.basis_body(c.elder, sub="mother", prev=first),
        c.elder.dk,
        code=Code.RULE_DENIED,
    )
    s.log(
        "a version of nothing",
        replace(k.basis_body(c.elder, sub="son", prev=first), prev=w.root.sid),
        c.elder.dk,
        code=Code.UNKNOWN_ID,
    )
    s.log(
        "a skipped version",
        replace(k.basis_body(c.elder, sub="son", prev=first), ver=3),
        c.elder.dk,
        code=Code.RULE_DENIED,
    )
    s.log("the next version", k.basis_body(c.elder, sub="son", prev=first), c.elder.dk)
    s.log(
        "a second next version",
        k.basis_body(c.elder, sub="son", prev=first),
        c.elder.dk,
        code=Code.UNTRUSTED,
    )
    s.log(
        "a withdrawal by nobody's key",
        k.withdraw_body(first),
        signing_key("nobody"),
        code=Code.BAD_SIG,
    )
    s.log("a withdrawal", k.withdraw_body(first), c.elder.dk)
    w.revoke(RevokeWhat.DEVICE, c.elder.dev.sid, c.elder.ik)
    s.log("by a device that ended", k.withdraw_body(first), c.elder.dk, code=Code.REVOKED)
    s.room = None
    return s


def _leaves() -> Story:
    s = Story(id="leaves and what stands behind them")
    c, w = s.council, s.world
    body = w.pledge_body(c.elder.aid, c.elder.wid)
    good = w.sign(body, c.elder.dk)
    s.noted("a leaf of other signatures", w.append(good, signatures=(), code=Code.BAD_SIG))
    s.noted("the same statement once more", w.append(good, code=Code.UNTRUSTED))
    other = w.sign(w.pledge_body(c.elder.aid, c.elder.wid), c.elder.dk)
    leaf = leaf_for(other.body, sid=other.sid, sg=signature_hash(w.claimed(other)), t=w.tick())
    wrong = type(leaf)(kind=3, t=leaf.t, sid=leaf.sid, sg=leaf.sg, scope=leaf.scope)
    w.put(wrong, other)
    s.noted("a leaf of another kind", other)
    w.put(type(leaf)(kind=99, t=leaf.t, sid=leaf.sid, sg=leaf.sg, scope=leaf.scope), None)
    s.noted("a kind nobody knows yet", other)
    w.put(type(leaf)(kind=0, t=START, sid=leaf.sid, sg=leaf.sg, scope=leaf.scope), None)
    s.noted("a clock that runs back", other)
    s.ask("moves no time", "time", int(leaf.t), n=w.size)
    twice = s.log("once", w.revoke_body(RevokeWhat.DEVICE, c.elder.dev.sid), c.elder.ik)
    s.noted("logged again", w.append(twice, code=Code.UNTRUSTED))
    wid = worker_id(net=w.net, aid=c.elder.aid, inv=inv_of("elder"))
    s.ask(
        "an id is computed",
        "worker",
        _b64(c.elder.sid),
        wid=wid.hex(),
        ik=_b64(public(c.elder.ik)),
        n=w.size,
    )
    return s
