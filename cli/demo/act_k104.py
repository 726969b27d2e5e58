"""Act six: consent withdrawn by telephone in the middle of a sitting."""

from typing import Final

from cli.demo import act_k101 as steps
from cli.demo.play import Play, gather
from cli.demo.story import Case
from cli.demo.tampering import ciphertexts
from cli.now import monotonic
from crypto.errors import Code

ITEM: Final = 2
LIMIT_MS: Final = 2000
LIVELY: Final = "npo"


async def play_k104(play: Play) -> None:
    """A sitting begins; one agency, then another, loses the room; the others go on."""
    case = play.story.k104
    play.teller.act("act.withdrawal", code=case.code)
    room = await steps.found_room(play, case)
    await steps.seat_everybody(play, case, room)
    await _begin(play, case, room)
    await _withdraw(play, case, room, gone="manabe", action=0)
    await _hand_over(play, case, room, to="nonomura", action=0)
    await _withdraw(play, case, room, gone="kishimoto", action=None)
    await _end(play, case, room)


async def _begin(play: Play, case: Case, room: str) -> None:
    sitting = play.facts[f"{case.code}.sit"]
    await gather(play.ask(key, "enter", case=room, sit=sitting) for key in case.people())
    await play.ask(case.chair, "open_sitting", case=room, sit=sitting)
    await steps.open_item(play, case, ITEM)
    await steps.share(play, case, room)
    await steps.offer_parts(play, case, room, number=ITEM)
    await steps.give_actions(play, case, room, number=ITEM)


async def _withdraw(play: Play, case: Case, room: str, *, gone: str, action: int | None) -> None:
    """The recorder takes the call; the server cuts, the others re-key, nobody else notices."""
    before = await play.ask(case.chair, "standing", case=room)
    play.teller.tell("k104.call", who=play.name(case.recorder), whom=play.name(gone))
    basis = next(iter(play.facts[f"{case.code}.bases"].values()))
    begun = monotonic()
    await play.ask(case.recorder, "withdraw", case=room, basis=basis, agencies=[play.aid(gone)])
    event = await play.cast[gone].event("gone", patience=10)
    cut = event.at - begun
    play.teller.refused(play.name(gone), Code(event.facts["code"]))
    play.expect(
        "k104.cut", holds=0 < cut <= LIMIT_MS, who=play.name(gone), ms=round(cut), limit=LIMIT_MS
    )
    play.facts[f"{case.code}.cut.{gone}"] = cut
    await _others_go_on(play, case, room, gone=gone, epoch=before["epoch"])
    await _nothing_more(play, room, gone=gone)
    if action is not None:
        left = await play.ask(case.chair, "handovers", case=room)
        act = play.facts[f"{case.code}.action.{action}"]
        play.expect("k104.left", holds=left == [act], text=case.actions[action].text)


async def _others_go_on(play: Play, case: Case, room: str, *, gone: str, epoch: int) -> None:
    left = play.facts.setdefault(f"{case.code}.left", [])
    left.append(gone)
    stay = [key for key in case.people() if key not in left]
    seen = await gather(play.ask(key, "until_epoch", case=room, epoch=epoch + 1) for key in stay)
    play.expect(
        "k104.rekeyed",
        holds=all(view["has_key"] and play.wids[gone] not in view["members"] for view in seen),
        epoch=epoch + 1,
        people=play.family(*stay),
    )
    words = {"rank": len(left), "level": "高", "issue": "食事", "reason": "薬と合わせて考える"}
    await play.ask(stay[-1], "priority", case=room, no=ITEM, words=words)
    boards = await gather(play.ask(key, "board", case=room) for key in stay)
    same = all(board == boards[0] for board in boards)
    play.expect("k104.undisturbed", holds=same, who=play.name(stay[-1]), people=len(stay))


async def _nothing_more(play: Play, room: str, *, gone: str) -> None:
    """Whoever left is served nothing, and her old keys open nothing that came after."""
    await play.refused(
        gone,
        "read_now",
        *(Code.BASIS_WITHDRAWN, Code.MEMBER_ENDED, Code.NOT_MEMBER),
        case=room,
    )
    rows = await ciphertexts(play.database, bytes.fromhex(room))
    opened = await play.ask(gone, "try_keys", case=room, rows=rows)
    play.expect(
        "k104.sealed",
        holds=opened["before"] > 0 and opened["later"] > 0 and opened["after"] == 0,
        who=play.name(gone),
        before=opened["before"],
        later=opened["later"],
    )


async def _hand_over(play: Play, case: Case, room: str, *, to: str, action: int) -> None:
    act = play.facts[f"{case.code}.action.{action}"]
    await play.ask(
        case.chair, "hand_action", case=room, act=act, aid=play.aid(to), wid=play.wids[to]
    )
    await play.ask(to, "answer_action", case=room, act=act)
    play.teller.tell("k104.taken", who=play.name(to), text=case.actions[action].text)


async def _end(play: Play, case: Case, room: str) -> None:
    await steps.put_on_record(play, case, room, number=ITEM)
    for row in ("main", "key"):
        await play.ask(
            case.lead.key, "answer_part", case=room, row=play.facts[f"{case.code}.row.{row}"]
        )
    await steps.finish(play, case, room, number=ITEM, left=play.facts[f"{case.code}.left"])
