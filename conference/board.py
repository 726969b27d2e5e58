"""The boards: priorities, parts, decisions; and the invariant that a decision must leave."""

from dataclasses import dataclass, replace

from agenda.model import Item, require_open
from conference.records import (
    Conference,
    Decision,
    Members,
    Owner,
    Priority,
    Role,
    RoleState,
)
from conference.scene import Scene, known, require_new, require_state
from crypto.errors import Code, Refused
from protocol.ids import ItemId
from protocol.ops import DecRec, PrioDel, PrioSet, RoleAns, RoleDel, RoleSet
from protocol.vocabulary import Answer, DecisionType, Duty, Part

BoardFacts = PrioSet | PrioDel | RoleSet | RoleDel | RoleAns | DecRec

_LIVE_ROLES = frozenset({RoleState.PROPOSED, RoleState.ACCEPTED})


def change(scene: Scene, facts: BoardFacts) -> Conference:
    """Apply an operation on a board, or record a decision."""
    match facts:
        case PrioSet():
            return _set_priority(scene, facts)
        case PrioDel():
            return _delete_priority(scene, facts)
        case RoleSet():
            return _set_role(scene, facts)
        case RoleDel():
            return _delete_role(scene, facts)
        case RoleAns():
            return _answer_role(scene, facts)
        case DecRec():  # pragma: no branch -- the last of a closed union
            return _record_decision(scene, facts)


# --- the invariant ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Live rows of the role board by part; `ok` tells whether INV holds."""

    main: int
    key: int
    deputy: int
    interim: int
    ok: bool


def live_roles(
    conference: Conference, members: Members, item: ItemId | None = None
) -> tuple[Role, ...]:
    """List the rows not deleted, not declined, with agency and person still in the roster."""
    return tuple(
        role
        for role in conference.roles.values()
        if role.state in _LIVE_ROLES and role.owner.is_among(members) and item in (None, role.it)
    )


def invariant(conference: Conference, members: Members, item: ItemId | None = None) -> Counts:
    """Count INV over the whole board, or over the rows set under one item.

    One 主担当機関; one 主たる援助者, a person of that agency; a deputy; and main and key accepted,
    or exactly one interim, accepted. Source: protocol, section 5.23.
    """
    live = live_roles(conference, members, item)
    parts = [role.part for role in live]
    return Counts(
        main=parts.count(Part.MAIN),
        key=parts.count(Part.KEY),
        deputy=parts.count(Part.DEPUTY),
        interim=parts.count(Part.INTERIM),
        ok=_is_led(live) and Part.DEPUTY in parts and (_is_accepted(live) or _has_interim(live)),
    )


def _only(live: tuple[Role, ...], part: Part) -> Role | None:
    found = [role for role in live if role.part is part]
    return found[0] if len(found) == 1 else None


def _is_led(live: tuple[Role, ...]) -> bool:
    main, key = _only(live, Part.MAIN), _only(live, Part.KEY)
    if main is None or key is None:
        return False
    return key.owner.w is not None and key.owner.ag == main.owner.ag


def _is_accepted(live: tuple[Role, ...]) -> bool:
    lead = _only(live, Part.MAIN), _only(live, Part.KEY)
    return all(role is not None and role.state is RoleState.ACCEPTED for role in lead)


def _has_interim(live: tuple[Role, ...]) -> bool:
    interim = _only(live, Part.INTERIM)
    return interim is not None and interim.state is RoleState.ACCEPTED


def interim_in_charge(conference: Conference, members: Members) -> Role | None:
    """Give the accepted 暫定 row until 主担当 and 主たる援助者 have both accepted."""
    live = live_roles(conference, members)
    if _is_accepted(live) or not _has_interim(live):
        return None
    return _only(live, Part.INTERIM)


def require_invariant(conference: Conference, members: Members) -> None:
    """Refuse with INVARIANT and the counts a close that leaves nobody in charge."""
    counts = invariant(conference, members)
    if not counts.ok:
        raise Refused(
            Code.INVARIANT,
            main=counts.main,
            key=counts.key,
            deputy=counts.deputy,
            interim=counts.interim,
        )


# --- priorities ---------------------------------------------------------------------------


def _set_priority(scene: Scene, facts: PrioSet) -> Conference:
    item = scene.item(facts.it)
    _require_present(scene, item)
    scene.require_untouched(scene.was.prio.get(facts.row))
    require_open(item)
    row = Priority(row=facts.row, it=facts.it, touched=scene.op.seq, at=scene.op.at)
    return _with_priority(scene.was, row)


def _delete_priority(scene: Scene, facts: PrioDel) -> Conference:
    row = known(scene.was.prio, facts.row)
    _require_present(scene, _item_under_discussion(scene))
    scene.require_untouched(row)
    require_state(holds=not row.deleted, state=RoleState.DELETED)
    return _with_priority(
        scene.was, replace(row, deleted=True, touched=scene.op.seq, at=scene.op.at)
    )


def _with_priority(conference: Conference, row: Priority) -> Conference:
    return replace(conference, prio={**conference.prio, row.row: row})


def _require_present(scene: Scene, item: Item) -> None:
    if not scene.is_here() or not (scene.is_chair or scene.is_seated(item.sit)):
        raise Refused(Code.NOT_SEATED)


def _item_under_discussion(scene: Scene) -> Item:
    # A row of an earlier sitting can be deleted too: under the item that is open today.
    for item in scene.was.items.values():
        if item.is_open:
            return item
    raise Refused(Code.ITEM_NOT_OPEN)


# --- parts --------------------------------------------------------------------------------


def _set_role(scene: Scene, facts: RoleSet) -> Conference:
    item = scene.item(facts.it)
    before = scene.was.roles.get(facts.row)
    owner = Owner(ag=facts.ag, w=facts.w)
    scene.require(allowed=_may_edit(scene, item, owner, before))
    scene.require_untouched(before)
    require_open(item)
    scene.require_owner(owner)
    role = Role(
        row=facts.row,
        it=facts.it,
        part=facts.part,
        owner=owner,
        touched=scene.op.seq,
        at=scene.op.at,
    )
    return _with_role(scene.was, role)


def _may_edit(scene: Scene, item: Item, owner: Owner, before: Role | None) -> bool:
    # "Own" means what the row was as well as what it becomes: nobody takes another's row over.
    if scene.is_chair or scene.serves(item.sit, Duty.FACILITATOR, Duty.RECORDER):
        return True
    return scene.op.aid == owner.ag and (before is None or scene.op.aid == before.owner.ag)


def _delete_role(scene: Scene, facts: RoleDel) -> Conference:
    role = known(scene.was.roles, facts.row)
    item = _item_under_discussion(scene)
    scene.require(allowed=_may_edit(scene, item, role.owner, role))
    scene.require_untouched(role)
    require_state(holds=role.state is not RoleState.DELETED, state=role.state)
    return _with_role(
        scene.was, replace(role, state=RoleState.DELETED, touched=scene.op.seq, at=scene.op.at)
    )


def _answer_role(scene: Scene, facts: RoleAns) -> Conference:
    role = known(scene.was.roles, facts.row)
    scene.require(allowed=scene.answers_for(role.owner))
    scene.require_untouched(role)
    require_state(holds=role.state is RoleState.PROPOSED, state=role.state)
    state = RoleState.ACCEPTED if facts.ans is Answer.ACCEPT else RoleState.DECLINED
    return _with_role(
        scene.was,
        replace(role, state=state, why=facts.why, touched=scene.op.seq, at=scene.op.at),
    )


def _with_role(conference: Conference, role: Role) -> Conference:
    return replace(conference, roles={**conference.roles, role.row: role})


# --- decisions ----------------------------------------------------------------------------


def _record_decision(scene: Scene, facts: DecRec) -> Conference:
    if scene.op.item != facts.it:
        raise Refused(Code.WRONG_PLACE)
    item = scene.item(facts.it)
    reserves = facts.typ is DecisionType.RESERVE
    scene.require(allowed=reserves or scene.is_chair or scene.serves(item.sit, Duty.RECORDER))
    require_new(scene.was.decisions, facts.dec)
    require_open(item)
    decision = Decision(
        dec=facts.dec,
        it=facts.it,
        typ=facts.typ,
        wid=scene.op.wid,
        aid=scene.op.aid,
        touched=scene.op.seq,
        at=scene.op.at,
    )
    return replace(scene.was, decisions={**scene.was.decisions, facts.dec: decision})
