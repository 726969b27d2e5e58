"""One whole sitting by keyboard alone: founded, called, opened, decided, closed."""

import pytest

from protocol.vocabulary import AgencyKind, Cap
from tests.browser import chairing, meeting
from tests.browser.chairing import local
from tests.browser.office import Office
from tests.browser.people import join
from tests.browser.stage import Hall
from tests.browser.town import CITY
from tests.browser.typist import Typist

pytestmark = pytest.mark.timeout(300)

TEXT = "外に出る日が減った。"


async def test_a_sitting_without_a_mouse(hall: Hall, office: Office) -> None:
    """Every control is reached by Tab, in forms, dialogs, menus and boards."""
    city = await office.agency(1, CITY, AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    caps = (Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
    joined = await join(hall, office, city, "高瀬 律子", *caps)
    chair = Typist(seat=joined.seat, name=joined.name)
    await chairing.new_case(chair, "K-101", "美佐江", {CITY: ["c6"]})
    await chairing.convene(chair, items=["開会", "方針"], duties={"高瀬 律子": "記録"})
    await chair.tick("出席する")
    await chair.press("返事を送る")
    await meeting.open_sitting(chair)
    await meeting.open_item(chair, 1)
    paper = {"subject": "美佐江", "source": "本人の言葉", "title": "暮らし", "text": TEXT}
    await meeting.share(chair, **paper, cats=["c6"])
    await chair.sees(TEXT)
    await meeting.close_item(chair, "決めずに閉じる")
    await meeting.open_item(chair, 2)
    await meeting.add_issue(chair, "通院", "緊急度 高", "途切れている")
    await meeting.propose_role(chair, "主担当機関", CITY, None, "全体の調整")
    await chair.press("主担当機関：受ける")
    await meeting.add_action(chair, "電話をかける", CITY, "高瀬 律子", local(days=3)[:10])
    await chair.press("電話をかける：受ける")
    await meeting.record(chair, "決めなかったこと", "訪問の間隔は次回に決める。")
    await meeting.close_item(chair, "決めずに閉じる")
    await meeting.set_next(chair, local(days=30), "同じ場所で。")
    await chair.press("閉会する")
    await meeting.confirm(chair)
    await chair.sees("会議録を印刷する")
