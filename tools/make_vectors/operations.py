"""The operations a case may name, each a thin call of the function under test."""

from collections.abc import Mapping
from typing import Final

import msgspec

from crypto import aead, hashing, padding, password, signing
from crypto.profiles import Argon2Profile
from crypto.sealing import SealingKey
from protocol import bundle, codec, envelope, grants, invitation, keys
from protocol.ids import CaseId, Digest, DocId, Hash, Id, InvId, Key, NetId, Sid, Wid
from protocol.shapes import UNSET, Closed, Unset
from protocol.vocabulary import GrantWhat
from tools.make_vectors.cases import Fields, Operation, Record


class Sample(Closed, frozen=True, kw_only=True):
    """The schema of the typed cases of 02: `b` may be null, `o` may be absent."""

    v: int
    a: Id
    h: Hash
    b: int | None
    o: int | Unset = UNSET
    x: dict[str, msgspec.Raw] | Unset = UNSET


def _hash(data: bytes) -> Hash:
    return Hash(data)


def _net(fields: Fields) -> NetId:
    return NetId(_hash(fields.hex("net")))


def _case(fields: Fields) -> CaseId:
    return CaseId(Id(fields.hex("case")))


# --- 01, 03, 04, 07, 14 -------------------------------------------------------------------


def _parts(fields: Fields) -> Record:
    return {"data": hashing.parts(*map(bytes.fromhex, fields.texts("items"))).hex()}


def _pae(fields: Fields) -> Record:
    return {"data": hashing.pae(fields.text("type"), fields.hex("body")).hex()}


def _kdf(fields: Fields) -> Record:
    key = hashing.kdf(
        fields.hex("key"), fields.text("purpose"), fields.hex("context"), fields.number("size")
    )
    return {"data": key.hex()}


def _mac(fields: Fields) -> Record:
    return {"data": hashing.mac(fields.hex("key"), fields.hex("message")).hex()}


def _digits(fields: Fields) -> Record:
    return {"text": hashing.digits12(fields.hex("data"))}


def _from_b64u(fields: Fields) -> Record:
    return {"data": codec.from_b64u(fields.text("text")).hex()}


def _from_b64(fields: Fields) -> Record:
    return {"data": codec.from_b64(fields.text("text")).hex()}


def _sign(fields: Fields) -> Record:
    key = signing.SigningKey.from_seed(fields.hex("seed"))
    return {"public": key.public.hex(), "signature": key.sign(fields.hex("message")).hex()}


def _verify(fields: Fields) -> Record:
    signing.verify(
        public=fields.hex("public"),
        message=fields.hex("message"),
        signature=fields.hex("signature"),
    )
    return {}


def _padded_length(fields: Fields) -> Record:
    return {"length": padding.padded_length(fields.number("size"))}


def _pad(fields: Fields) -> Record:
    padded = padding.pad(fields.hex("data"), constant=fields.maybe_number("constant"))
    return {"data": padded.hex()}


def _unpad(fields: Fields) -> Record:
    data = padding.unpad(fields.hex("data"), constant=fields.maybe_number("constant"))
    return {"data": data.hex()}


def _decrypt(fields: Fields) -> Record:
    plaintext = aead.decrypt(
        key=fields.hex("key"),
        nonce=fields.hex("nonce"),
        aad=fields.hex("aad"),
        ciphertext=fields.hex("ciphertext"),
    )
    return {"data": plaintext.hex()}


def _stretch(fields: Fields) -> Record:
    profile = Argon2Profile(
        memory_bytes=fields.number("memory_bytes"), passes=fields.number("passes")
    )
    data = password.stretch(fields.text("passphrase"), salt=fields.hex("salt"), profile=profile)
    return {"data": data.hex()}


# --- 02 -----------------------------------------------------------------------------------


def _scan(fields: Fields) -> Record:
    codec.scan(fields.hex("data"), limit=fields.number("limit"))
    return {}


def _sample(fields: Fields) -> Record:
    codec.decode(fields.hex("data"), Sample)
    return {}


# --- 01: key schedule ---------------------------------------------------------------------


def _epoch_keys(fields: Fields) -> Record:
    epoch_key, case, n = fields.hex("E"), _case(fields), fields.number("n")
    return {
        "kc": keys.epoch_commitment(epoch_key, case=case, n=n).hex(),
        "wrap": keys.wrap_key(epoch_key, case=case, n=n).hex(),
    }


def _doc_keys(fields: Fields) -> Record:
    doc_key, case, g = fields.hex("D"), _case(fields), fields.number("g")
    doc = DocId(Id(fields.hex("doc")))
    return {
        "dc": keys.doc_commitment(doc_key, case=case, doc=doc, g=g).hex(),
        "body": keys.body_key(doc_key, case=case, doc=doc, g=g).hex(),
    }


def _name_commitment(fields: Fields) -> Record:
    return {"nh": keys.name_commitment(fields.hex("salt"), name=fields.text("name")).hex()}


def _subject_commitment(fields: Fields) -> Record:
    subc = keys.subject_commitment(
        fields.hex("key"), name=fields.text("name"), birth=fields.maybe_text("birth")
    )
    return {"subc": subc.hex()}


def _evidence_commitment(fields: Fields) -> Record:
    evc = keys.evidence_commitment(fields.hex("key"), evidence=fields.hex("evidence"))
    return {"evc": evc.hex()}


# --- 06, 11, 12 ---------------------------------------------------------------------------


def _sealing_key(fields: Fields) -> Record:
    return {"public": SealingKey.from_seed(fields.hex("seed")).public.hex()}


def _open_sealed(fields: Fields) -> Record:
    key = SealingKey.from_seed(fields.hex("seed"))
    return {"plaintext": key.open(fields.hex("sealed"), info=fields.hex("info")).hex()}


def _epoch(fields: Fields) -> bundle.Epoch:
    prev = fields.maybe_hex("prev")
    return bundle.Epoch(
        net=_net(fields),
        case=_case(fields),
        n=fields.number("n"),
        prev=None if prev is None else Sid(_hash(prev)),
    )


def _bundle_info(fields: Fields) -> Record:
    sid = Sid(_hash(fields.hex("sid")))
    return {"info": bundle.info(_epoch(fields), sid=sid, eg=fields.number("eg")).hex()}


def _parse_bundle(fields: Fields) -> Record:
    parsed = bundle.parse(fields.hex("data"))
    return {
        "case": parsed.case.hex(),
        "n": parsed.n,
        "sids": [entry.sid.hex() for entry in parsed.entries],
        "egs": [entry.eg for entry in parsed.entries],
    }


def _open_bundle(fields: Fields) -> Record:
    parsed = bundle.parse(fields.hex("data"))
    entry = parsed.entries[fields.number("index")]
    epoch_key = bundle.open_entry(
        entry,
        epoch=_epoch(fields),
        key=SealingKey.from_seed(fields.hex("seed")),
        kc=Digest(_hash(fields.hex("kc"))),
        held=[bytes.fromhex(held) for held in fields.texts("held")],
    )
    return {"E": epoch_key.hex()}


def _docs_hash(fields: Fields) -> Record:
    docs = [DocId(Id(bytes.fromhex(doc))) for doc in fields.texts("docs")]
    pairs = list(zip(docs, fields.numbers("gs"), strict=True))
    return {"hash": grants.docs_hash(pairs).hex()}


def _epochs_hash(fields: Fields) -> Record:
    return {"hash": grants.epochs_hash(fields.numbers("epochs")).hex()}


def _passing(fields: Fields) -> grants.Passing:
    return grants.Passing(
        net=_net(fields),
        case=_case(fields),
        n=fields.number("n"),
        by=Sid(_hash(fields.hex("by"))),
        to=Sid(_hash(fields.hex("to"))),
        eg=fields.number("eg"),
        what=GrantWhat(fields.text("what")),
        ids=Digest(_hash(fields.hex("ids"))),
    )


def _grant_info(fields: Fields) -> Record:
    return {"info": grants.info(_passing(fields)).hex()}


def _open_grant(fields: Fields) -> Record:
    opened = grants.open_keys(
        fields.hex("ct"),
        passing=_passing(fields),
        key=SealingKey.from_seed(fields.hex("seed")),
        count=fields.number("count"),
    )
    return {"keys": [key.hex() for key in opened]}


# --- 08 -----------------------------------------------------------------------------------


def _seal_envelope(fields: Fields) -> Record:
    signer = signing.SigningKey.from_seed(fields.hex("seed"))
    wire = envelope.seal(
        key=fields.hex("key"),
        header=fields.hex("header"),
        plaintext=fields.hex("plaintext"),
        nonce=fields.hex("nonce"),
        signer=signer,
        constant=fields.maybe_number("constant"),
    )
    env = envelope.parse(wire)
    return {
        "wire": wire.hex(),
        "bare": env.bare().hex(),
        "eid": env.eid.hex(),
        "sg": env.sg(signer.public).hex(),
    }


def _open_envelope(fields: Fields) -> Record:
    env = envelope.parse(fields.hex("wire"))
    envelope.check_signature(env, fields.hex("public"))
    constant = fields.maybe_number("constant")
    return {"plaintext": envelope.open_(env, key=fields.hex("key"), constant=constant).hex()}


def _parse_bare(fields: Fields) -> Record:
    env = envelope.parse_bare(fields.hex("bare"))
    envelope.check_signature(env, fields.hex("public"))
    return {"eid": env.eid.hex()}


# --- 09 -----------------------------------------------------------------------------------


def _invitation(fields: Fields) -> Record:
    secret, net = invitation.Secret(fields.hex("secret")), _net(fields)
    wid, ik = Wid(Id(fields.hex("wid"))), Key(_hash(fields.hex("ik")))
    return {
        "code": invitation.grouped(secret.code()),
        "link": secret.link(origin=fields.text("origin"), net=net),
        "inv": secret.inv.hex(),
        "lid": secret.lid.hex(),
        "am": secret.invite_net(net).hex(),
        "link_net": secret.link_net(net, wid=wid, ik=ik).hex(),
        "join": secret.join(net, tbs=fields.hex("tbs")).hex(),
        "link_request": secret.link_request(net, tbs=fields.hex("tbs")).hex(),
    }


def _read_code(fields: Fields) -> Record:
    return {"inv": invitation.read_code(fields.text("typed")).inv.hex()}


def _read_link(fields: Fields) -> Record:
    link = invitation.read_link(fields.text("link"))
    return {"origin": link.origin, "net": link.net.hex(), "inv": link.secret.inv.hex()}


def _enrolment_digits(fields: Fields) -> Record:
    digits = invitation.enrolment_digits(
        net=_net(fields),
        inv=InvId(Id(fields.hex("inv"))),
        ik=Key(_hash(fields.hex("ik"))),
        dk=Key(_hash(fields.hex("dk"))),
        ekh=Digest(_hash(fields.hex("ekh"))),
    )
    return {"digits": digits}


OPERATIONS: Final[Mapping[str, Operation]] = {
    "parts": _parts,
    "pae": _pae,
    "kdf": _kdf,
    "mac": _mac,
    "digits12": _digits,
    "epoch-keys": _epoch_keys,
    "doc-keys": _doc_keys,
    "name-commitment": _name_commitment,
    "subject-commitment": _subject_commitment,
    "evidence-commitment": _evidence_commitment,
    "j1": _scan,
    "j1-typed": _sample,
    "b64u": _from_b64u,
    "b64": _from_b64,
    "sign": _sign,
    "verify": _verify,
    "sealing-key": _sealing_key,
    "open-sealed": _open_sealed,
    "padded-length": _padded_length,
    "pad": _pad,
    "unpad": _unpad,
    "aead-open": _decrypt,
    "seal-envelope": _seal_envelope,
    "open-envelope": _open_envelope,
    "parse-bare": _parse_bare,
    "invitation": _invitation,
    "read-code": _read_code,
    "read-link": _read_link,
    "enrolment-digits": _enrolment_digits,
    "bundle-info": _bundle_info,
    "parse-bundle": _parse_bundle,
    "open-bundle": _open_bundle,
    "docs-hash": _docs_hash,
    "epochs-hash": _epochs_hash,
    "grant-info": _grant_info,
    "open-grant": _open_grant,
    "stretch": _stretch,
}
