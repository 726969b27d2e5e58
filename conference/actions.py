"""対応事項: proposed to an owner, answered, reported on, handed over, cancelled."""

from dataclasses import replace

from conference.records import (
    ENDED_ACTIONS,
    Action,
    ActionState,
    Conference,
    Members,
    Owner,
    SittingState,
)
from conference.scene import Scene, known, require_new, require_state
from protocol.ids import ActId, SitId
from protocol.ops import ActAns, ActCan, ActHand, ActNew, ActRep
from protocol.vocabulary import ActionReport, Answer, Duty

ActionFacts = ActNew | ActAns | ActRep | ActHand | ActCan

_UNDER_WAY = frozenset({ActionState.ACCEPTED, ActionState.PROGRESS})
_STATE_AFTER = {
    ActionReport.PROGRESS: ActionState.PROGRESS,
    ActionReport.DONE: ActionState.DONE,
    ActionReport.NOT_DONE: ActionState.NOT_DONE,
}


def change(scene: Scene, facts: ActionFacts) -> Conference:
    """Apply an operation on an action."""
    match facts:
        case ActNew():
            return _propose(scene, facts)
        case ActAns():
            return _answer(scene, facts)
        case ActRep():
            return _report(scene, facts)
        case ActHand():
            return _hand_over(scene, facts)
        case ActCan():  # pragma: no branch -- the last of a closed union
            return _cancel(scene, facts)


def handovers(conference: Conference, members: Members) -> tuple[ActId, ...]:
    """List the actions in 引継ぎ要: not ended, and their owner is no longer in the roster."""
    return tuple(a.act for a in conference.actions.values() if _is_orphaned(a, members))


def interim_actions(conference: Conference) -> tuple[ActId, ...]:
    """List the declined actions: they are with whoever is in charge for the interim."""
    return tuple(a.act for a in conference.actions.values() if a.state is ActionState.DECLINED)


def _is_orphaned(action: Action, members: Members) -> bool:
    is_inside = action.state is not ActionState.ASKED and action.state not in ENDED_ACTIONS
    return is_inside and not action.owner.is_among(members)


def _propose(scene: Scene, facts: ActNew) -> Conference:
    owner = Owner(ag=facts.ag, w=facts.w)
    sit = None if facts.it is None else scene.item(facts.it).sit
    old = None if facts.from_ is None else known(scene.was.actions, facts.from_)
    scene.require(allowed=scene.is_chair or scene.op.aid == owner.ag or _records(scene, sit))
    scene.require(allowed=old is None or _may_continue(scene, old))
    require_new(scene.was.actions, facts.act)
    scene.require_untouched(old)
    if not facts.ext:
        scene.require_owner(owner)
    action = Action(
        act=facts.act,
        it=facts.it,
        owner=owner,
        due=facts.due,
        origin=facts.from_,
        state=ActionState.ASKED if facts.ext else ActionState.PROPOSED,
        touched=scene.op.seq,
        at=scene.op.at,
    )
    return _with_action(_continued(scene, old), action)


def _records(scene: Scene, sit: SitId | None) -> bool:
    """Tell whether the author is recorder there or, without an item, of a sitting not closed."""
    if sit is not None:
        return scene.serves(sit, Duty.RECORDER)
    return any(
        scene.serves(sitting.sit, Duty.RECORDER)
        for sitting in scene.was.sittings.values()
        if sitting.state is not SittingState.CLOSED
    )


def _may_continue(scene: Scene, old: Action) -> bool:
    # What is in 引継ぎ要 or has ended anybody may take up; the rest is the owner's or the chair's.
    is_free = old.state in ENDED_ACTIONS or _is_orphaned(old, scene.members)
    return is_free or scene.is_chair or scene.answers_for(old.owner)


def _continued(scene: Scene, old: Action | None) -> Conference:
    """Mark the action that a new one continues as handed; one that has ended stays as it is."""
    if old is None or old.state in ENDED_ACTIONS:
        return scene.was
    return _moved(scene, replace(old, state=ActionState.HANDED))


def _answer(scene: Scene, facts: ActAns) -> Conference:
    action = known(scene.was.actions, facts.act)
    scene.require(allowed=scene.answers_for(action.owner))
    scene.require_untouched(action)
    require_state(holds=action.state is ActionState.PROPOSED, state=action.state)
    state = ActionState.ACCEPTED if facts.ans is Answer.ACCEPT else ActionState.DECLINED
    return _moved(scene, replace(action, state=state, why=facts.why))


def _report(scene: Scene, facts: ActRep) -> Conference:
    action = known(scene.was.actions, facts.act)
    scene.require(allowed=scene.answers_for(action.owner))
    scene.require_untouched(action)
    require_state(holds=action.state in _UNDER_WAY, state=action.state)
    return _moved(scene, replace(action, state=_STATE_AFTER[facts.st]))


def _hand_over(scene: Scene, facts: ActHand) -> Conference:
    action = known(scene.was.actions, facts.act)
    owner = Owner(ag=facts.ag, w=facts.w)
    scene.require(allowed=scene.is_chair or scene.answers_for(action.owner))
    scene.require_untouched(action)
    require_state(holds=action.state not in ENDED_ACTIONS, state=action.state)
    scene.require_owner(owner)
    return _moved(scene, replace(action, owner=owner, state=ActionState.PROPOSED, why=None))


def _cancel(scene: Scene, facts: ActCan) -> Conference:
    action = known(scene.was.actions, facts.act)
    scene.require(allowed=scene.is_chair)
    scene.require_untouched(action)
    require_state(holds=action.state not in ENDED_ACTIONS, state=action.state)
    return _moved(scene, replace(action, state=ActionState.CANCELLED))


def _moved(scene: Scene, action: Action) -> Conference:
    return _with_action(scene.was, replace(action, touched=scene.op.seq, at=scene.op.at))


def _with_action(conference: Conference, action: Action) -> Conference:
    return replace(conference, actions={**conference.actions, action.act: action})
