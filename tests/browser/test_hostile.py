"""A server that lies, a clock that is wrong, a disk that is full, a network that goes."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from audit import archive, evidence
from audit.evidence import Council, Finding, Why
from crypto.signing import SigningKey
from protocol import statement
from protocol.codec import b64u
from protocol.ids import CaseId, Hash, Id, Nonce, RowHash
from protocol.payloads import Head
from protocol.vocabulary import AgencyKind, Cap
from tests.browser import chairing
from tests.browser.liar import Liar, lying, push
from tests.browser.office import Office
from tests.browser.people import PASSPHRASE, Person, ask_to_join, join, shown_digits
from tests.browser.stage import Hall
from tests.browser.town import CITY
from tests.faults.processes import Node

pytestmark = pytest.mark.timeout(240)

_OPENING = 60_000
_DOUBT = "正しいと確かめられない内容が届きました"
_LATER = "(ms) => { const real = Date.now; Date.now = () => real() + ms; }"
_FILL = """async () => {
  const opened = indexedDB.open("filler");
  opened.onupgradeneeded = () => opened.result.createObjectStore("all", { autoIncrement: true });
  await new Promise((done) => { opened.onsuccess = done; });
  for (let size = 1_000_000; size > 1_000; ) {
    const writing = opened.result.transaction("all", "readwrite");
    writing.objectStore("all").add(crypto.getRandomValues(new Uint8Array(60_000))
      .toString().repeat(Math.ceil(size / 200_000)).slice(0, size));
    const why = await new Promise((done) => {
      writing.oncomplete = () => done(null);
      writing.onabort = () => done(writing.error?.name ?? "aborted");
    });
    if (why !== null) size /= 4;
    if (why !== null && size <= 1_000) return why;
  }
  return "room";
}"""
_HOURS = 2 * 60 * 60 * 1000


@pytest.fixture
async def liar(hall: Hall, server: Node) -> AsyncIterator[Liar]:
    """Between everybody's page and the server."""
    async with lying(server.url) as liar:
        hall.url = liar.url
        yield liar
        assert await hall.leave() == []  # before the liar goes, who would wait for open lines
        hall.seats.clear()
        hall.url = server.url


async def _chair(hall: Hall, office: Office) -> Person:
    """A chair in the room that she founded."""
    city = await office.agency(1, CITY, AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    caps = (Cap.CHAIR, Cap.MEMBER, Cap.MINUTES)
    chair = await join(hall, office, city, "高瀬 律子", *caps, by_link=False)
    await chairing.new_case(chair, "K-101", "美佐江", {CITY: ["c6"]})
    return chair


async def _evidence(page: Page, button: Locator) -> tuple[Council | None, list[Finding]]:
    """Press it; whose council it is and what each pair proves, from the downloaded file alone."""
    async with page.expect_download() as started:
        await button.click()
    path = Path(await (await started.value).path())
    found = archive.read(await asyncio.to_thread(path.read_bytes))
    council = evidence.council_of(found.roots)
    return council, [evidence.judge(pair, council) for pair in found.pairs]


# ---------------------------------------------------------------- a server that lies


async def test_forged_frames_change_nothing_and_are_said(
    hall: Hall, office: Office, liar: Liar, server: Node
) -> None:
    """Garbage, truncated, replayed, reordered, huge; then a signed contradiction, kept as proof."""
    heard: list[dict[str, Any]] = []

    def keep(pushed: dict[str, object]) -> list[str]:
        heard.append(pushed)
        return [push(pushed)]

    liar.pushes = keep
    chair = await _chair(hall, office)
    page = chair.seat.page
    await chairing.convene(chair, items=["開会"], duties={"高瀬 律子": "記録"})
    await chair.sees("美佐江")
    pushed = heard[-1]
    before = await page.locator("main").inner_text()

    await liar.say(push(pushed))  # once more
    gap = json.loads(json.dumps(pushed))
    for frame in gap["frames"]:
        frame["seq"] += 5
    await liar.say(push(gap))
    await expect(page.get_by_text(_DOUBT)).to_have_count(0)
    whole = json.dumps(pushed, ensure_ascii=False)
    for forged in ("{", whole[: len(whole) // 2], json.dumps("x" * 5_000_000), "[]"):
        await liar.say("42" + json.dumps(["push", forged]))
        await chair.sees(_DOUBT)
        await page.get_by_role("button", name="閉じる", exact=True).click()
        await expect(page.get_by_text(_DOUBT)).to_have_count(0)
    assert await page.locator("main").inner_text() == before

    await liar.say("42" + json.dumps(["head", _forked_head(office, server, pushed)]))
    await chair.sees("サーバーが人によって違う記録を見せています")
    await chair.seat.shots("54-forked")
    assert await chair.seat.axe() == []
    await _proven(office, page)

    await page.reload()
    await chair.unlock()
    await chair.sees("美佐江", within=_OPENING)
    await page.get_by_role("link", name="証拠を見る").click()
    await _proven(office, page)


def _forked_head(office: Office, server: Node, pushed: dict[str, Any]) -> str:
    """A head signed by the server's own key, about another row than everybody was sent."""
    srv = SigningKey.from_seed((server.data / "keys" / "srv").read_bytes())
    last = pushed["frames"][-1]
    body = Head(
        net=office.council.net,
        nce=Nonce(Id(bytes(Id.SIZE))),
        iat=office.council.iat(),
        case=CaseId(Id(bytes.fromhex(pushed["case"]))),
        seq=last["seq"],
        fh=RowHash(Hash(bytes(Hash.SIZE))),
        idn=last["idn"],
    )
    made = statement.written(body)
    return json.dumps({"head": b64u(statement.to_dsse(made, [statement.sign(made, srv)]))})


async def _proven(office: Office, page: Page) -> None:
    """The saved file proves that this council's server said two things of one row."""
    button = page.get_by_role("button", name="証拠をファイルに保存する")
    council, findings = await _evidence(page, button)
    assert council is not None
    assert council.net == office.council.net
    assert [each.why for each in findings] == [Why.FORKED]


async def test_a_shorter_identity_log_ends_the_session_and_is_kept(
    hall: Hall, office: Office, liar: Liar
) -> None:
    """The server shows the log as it was some time ago; the screen that fails hands out both."""
    chair = await _chair(hall, office)
    page, older = chair.seat.page, list[bytes]()

    def first(path: str, body: bytes) -> bytes:
        if path.endswith("/log/id"):
            older.append(body)
        return body

    def back(path: str, body: bytes) -> bytes:
        if not path.endswith("/log/id"):
            return body
        page, checkpoint = json.loads(body), json.loads(older[0])["checkpoint"]
        left = max(int(checkpoint.splitlines()[1]) - page["start"], 0)
        cut = {name: page[name][:left] for name in ("leaves", "statements")}
        return json.dumps(page | cut | {"checkpoint": checkpoint}).encode()

    await chair.lock()
    liar.pages = first
    await chair.unlock()
    await chair.sees("美佐江", within=_OPENING)
    await office.agency(7, "こもれび", AgencyKind.ELDER, Cap.MEMBER)
    await chair.lock()
    await chair.unlock()
    await chair.sees("美佐江", within=_OPENING)
    await chair.lock()
    liar.pages = back
    await chair.unlock()

    await chair.sees("古いものに戻っています", within=_OPENING)
    await chair.seat.shots("55-rollback")
    button = page.get_by_role("button", name="証拠をファイルに保存する")
    council, findings = await _evidence(page, button)
    assert council is not None
    assert [each.why for each in findings] == [Why.SIZES]
    assert findings[0].first is not None
    assert findings[0].second is not None
    assert findings[0].first.size > findings[0].second.size
    liar.pages = None
    await chair.unlock()
    await chair.sees("証拠は1件保存しています", within=_OPENING)


# ---------------------------------------------------------------- a wrong clock, a full disk


async def test_a_clock_two_hours_off(hall: Hall, office: Office) -> None:
    """Said at the top; everything is read by the server's time, and nothing is signed."""
    chair = await _chair(hall, office)
    await chair.lock()
    await chair.sees("最後に開いた日")
    worker = await chair.seat.worker()
    await worker.evaluate(_LATER, _HOURS)
    await chair.seat.page.evaluate(_LATER, _HOURS)
    await chair.unlock()

    await chair.sees("時計が約120分ずれています", within=_OPENING)
    await chair.sees("美佐江", within=_OPENING)
    await chair.seat.page.get_by_role("link", name="根拠を変更する").first.click()
    await chair.sees("美佐江")
    await chair.press("撤回を受け付ける：美佐江", exact=False)
    await chairing.choose(chair, "どこまで撤回しますか", "すべて")
    await chair.press("撤回を登録する")
    await chair.sees("端末の時計が合っていません")
    await chair.seat.shots("56-clock")


async def test_a_full_disk_loses_no_word(hall: Hall, office: Office) -> None:
    """What was typed stays on the page, the vault opens as before, and what fits is kept again."""
    hall.quota = 6_000_000
    chair = await _chair(hall, office)
    page = chair.seat.page
    await page.get_by_role("link", name="会議を招集する").first.click()
    await chair.type("会議の目的", "方針を決める")
    assert await page.evaluate(_FILL) == "QuotaExceededError"
    await chair.type("場所・参加方法", "市役所の三階" * 5_000)
    await chair.sees("保存領域がいっぱい")
    await expect(chair.field("会議の目的")).to_have_value("方針を決める")
    await chair.seat.shots("57-full")
    devtools: Any = await chair.seat.context.new_cdp_session(page)  # no complete types
    await devtools.send("Storage.overrideQuotaForOrigin", {"origin": hall.url})
    await chair.type("場所・参加方法", "オンライン")
    await expect(page.get_by_text("保存領域がいっぱい")).to_have_count(0)
    await page.reload()
    await chair.unlock()
    await expect(chair.field("会議の目的")).to_have_value("方針を決める", timeout=_OPENING)
    await expect(chair.field("場所・参加方法")).to_have_value("オンライン")


async def test_offline_is_said_at_once(hall: Hall, office: Office) -> None:
    """By the browser's own word; opening a vault without a network says what is possible."""
    chair = await _chair(hall, office)
    page, context = chair.seat.page, chair.seat.context
    chair.seat.expected += ["ERR_INTERNET_DISCONNECTED", "WebSocket"]
    await context.set_offline(offline=True)
    await chair.sees("オフラインです", within=2_000)
    await chair.lock()
    await chair.unlock()
    await chair.sees("サーバーにつながりません", within=_OPENING)
    await chair.seat.shots("58-offline-vault")
    assert await chair.seat.axe() == []
    await context.set_offline(offline=False)
    await chair.unlock()
    await chair.sees("美佐江", within=_OPENING)
    await expect(page.get_by_text("オフラインです")).to_have_count(0)


# ---------------------------------------------------------------- vaults in files, further devices


async def test_a_vault_in_a_file_says_when_it_is_not_saved(
    hall: Hall, office: Office, tmp_path: Path
) -> None:
    """From its first key on; the page is not left silently, and the saved file opens elsewhere."""
    city = await office.agency(1, CITY, AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    invitation = await office.invite(city, Cap.MEMBER)
    seat = await hall.seat("倉持 あや", place="/#/join")
    person, page = Person(seat=seat, name=seat.name), seat.page
    await ask_to_join(seat, code=invitation.code, place="ファイル")
    await person.sees("未保存")
    await seat.shots("59-unsaved")
    await _save(person, tmp_path / "first")
    await expect(page.get_by_text("未保存")).to_have_count(0)

    await office.digits(city, invitation.inv)
    await office.certify(city, invitation.inv, "倉持 あや")
    await person.press("読みました。署名します")
    await person.sees("登録が終わりました", within=_OPENING)
    await person.sees("未保存")
    asked = list[str]()

    async def stay(dialog: Any) -> None:  # noqa: ANN401 -- a dialog of the browser
        asked.append(dialog.type)
        await dialog.dismiss()

    page.once("dialog", stay)
    await page.close(run_before_unload=True)
    await expect(page.get_by_text("未保存").first).to_be_visible()
    await _save(person, tmp_path / "倉持.vault")
    assert asked == ["beforeunload"]

    other = await hall.seat("倉持 あや")
    again = Person(seat=other, name=other.name)
    await other.page.get_by_label("保管庫のファイル").set_input_files(tmp_path / "倉持.vault")
    await again.unlock(PASSPHRASE)
    await again.sees("今日の会議はありません", within=_OPENING)


async def _save(person: Person, path: Path) -> None:
    """Save the vault's file, as the notice asks."""
    async with person.seat.page.expect_download() as started:
        await person.press("保管庫をファイルに保存する")
    download = await started.value
    assert download.suggested_filename.endswith(".vault")
    await download.save_as(path)


async def test_a_begun_link_outlives_a_reload(hall: Hall, office: Office) -> None:
    """The new device shows the same digits again, and is taken in."""
    city = await office.agency(1, CITY, AgencyKind.CITY, Cap.HOST, Cap.MEMBER)
    old = await join(hall, office, city, "倉持 あや", Cap.MEMBER, by_link=False)
    await old.seat.page.goto("/#/settings/devices")
    await old.press("コードを表示する")
    code = await old.seat.page.locator(".add-device .code-block").first.inner_text()
    seat = await hall.seat("倉持の電話", place="/#/join/device")
    new = Person(seat=seat, name=seat.name)
    await new.type("端末を加えるコード", code)
    await new.press("コードを確かめる")
    await new.type("合言葉", PASSPHRASE)
    await new.type("合言葉（もう一度）", PASSPHRASE)
    await new.tick("このブラウザーの中")
    await new.press("鍵を作って申し込む")
    await new.sees("前の端末と数字を比べてください", within=_OPENING)
    digits = await shown_digits(seat)

    await seat.page.reload()
    await seat.page.get_by_role("link", name="続きから始める").click()
    await new.unlock()
    await new.sees("前の端末と数字を比べてください", within=_OPENING)
    assert await shown_digits(seat) == digits

    await old.sees("加える端末に表示された数字と比べてください", within=_OPENING)
    assert await shown_digits(old.seat) == digits
    await old.tick("数字がすべて同じことを確かめました")
    await old.type("端末の名前", "電話")
    await old.type("合言葉", PASSPHRASE)
    await old.press("この端末を加える")
    await new.sees("今日の会議はありません", within=_OPENING)
