"""What a person reads when the server does not start: one sentence in each language."""

import errno
from enum import StrEnum
from typing import Final

import asyncpg

from server.page import DamagedPage
from server.settings import BadSetting, Flaw
from storage.embedded import CannotStart
from storage.embedded import Trouble as Embedded
from storage.migrate import CannotMigrate, Mismatch


class Trouble(StrEnum):
    """Why the server does not start, beside what the settings and PostgreSQL say themselves."""

    PORT_TAKEN = "PORT_TAKEN"
    NO_HOST = "NO_HOST"
    NO_DATABASE = "NO_DATABASE"
    DISK_FULL = "DISK_FULL"
    NOT_WRITABLE = "NOT_WRITABLE"
    KEYS_MISSING = "KEYS_MISSING"
    PAGE_DAMAGED = "PAGE_DAMAGED"


_FLAWS: Final = {
    Flaw.NOT_A_PORT: (
        "{name} は 1 から 65535 までの番号で指定してください。",
        "{name} must be a port number from 1 to 65535.",
    ),
    Flaw.NOT_AN_ORIGIN: (
        "{name} は https://ホスト名 の形で、小文字で、末尾の / なしで指定してください。",
        "{name} must be scheme://host in lower case, without a slash at its end.",
    ),
    Flaw.NOT_A_NODE: (
        "{name} は英小文字・数字・ハイフンで 32 文字までにしてください。",
        "{name} must be up to 32 lower-case letters, digits and hyphens.",
    ),
    Flaw.NOT_A_LEVEL: (
        "{name} は debug・info・warning・error のどれかにしてください。",
        "{name} must be debug, info, warning or error.",
    ),
    Flaw.NOT_A_NUMBER: (
        "{name} は 1 以上の数で指定してください。",
        "{name} must be a number from 1 on.",
    ),
    Flaw.NOT_AN_ADDRESS: (
        "{name} は postgresql:// または redis:// で始まる接続先にしてください。",
        "{name} must be an address that begins with postgresql:// or redis://.",
    ),
    Flaw.NOT_A_PAGE: (
        "{name} が指すフォルダーに画面がありません。make web で作ったフォルダーにしてください。",
        "The folder that {name} names holds no page; name one that make web has built.",
    ),
    Flaw.NOT_A_PLACE: (
        "{name} は 127.0.0.1:9464 のように、アドレスとポートで指定してください。",
        "{name} must be an address and a port, such as 127.0.0.1:9464.",
    ),
    Flaw.UNREADABLE: (
        "{name} が指すファイルを読めません。場所と権限を確かめてください。",
        "The file that {name} names cannot be read; check its place and permissions.",
    ),
    Flaw.UNKNOWN: (
        "{name} という設定はありません。つづりを確かめてください。",
        "There is no setting {name}; check its spelling.",
    ),
}
_EMBEDDED: Final = {
    Embedded.MISSING: (
        "この機種には内蔵のデータベースがありません。ENTAKU_DATABASE_URL を指定してください。",
        "There is no built-in database for this platform; set ENTAKU_DATABASE_URL.",
    ),
    Embedded.NOT_WRITABLE: (
        "データの置き場所に書き込めません。ENTAKU_DATA と権限を確かめてください。",
        "The data folder cannot be written; check ENTAKU_DATA and its permissions.",
    ),
    Embedded.DISK_FULL: (
        "ディスクに空きがありません。空きを作ってからもう一度起動してください。",
        "The disk is full; make room and start again.",
    ),
    Embedded.IN_USE: (
        "このデータは別の円卓が使用中です。そちらを終了するか ENTAKU_DATA を変えてください。",
        "Another Entaku uses this data folder; stop it or change ENTAKU_DATA.",
    ),
    Embedded.WRONG_VERSION: (
        "このデータは別の版のデータベースで作られています。作った版で開いてください。",
        "This data folder was made by another version of the database.",
    ),
    Embedded.FAILED: (
        "内蔵のデータベースが起動しません。データの置き場所にある postgres.log を見てください。",
        "The built-in database does not start; see postgres.log in the data folder.",
    ),
}
_MISMATCHES: Final = {
    Mismatch.NEWER: (
        "データベースはこのプログラムより新しい版です。プログラムを更新してください。",
        "The database is newer than this program; update the program.",
    ),
    Mismatch.LOGIN: (
        "利用者 {name} は足りない移行を行えません。ENTAKU_MIGRATE_URL を指定し make migrate を。",
        "Login {name} may not make the missing migrations; set ENTAKU_MIGRATE_URL, make migrate.",
    ),
}
_MISMATCH: Final = (
    "データベースの移行ファイルが記録と合いません（{name}）。配布物を入れ直してください。",
    "The migrations do not match the database ({name}); install the program again.",
)
_TROUBLES: Final = {
    Trouble.PORT_TAKEN: (
        "ポート {port} は使用中です。使っているプログラムを終えるか ENTAKU_PORT を変えてください。",
        "Port {port} is taken; stop the program that uses it or change ENTAKU_PORT.",
    ),
    Trouble.NO_HOST: (
        "このアドレスでは待ち受けられません。ENTAKU_HOST を確かめてください。",
        "It is not possible to listen on this address; check ENTAKU_HOST.",
    ),
    Trouble.NO_DATABASE: (
        "データベースに接続できません。起動しているか、接続先が正しいかを確かめてください。",
        "The database cannot be reached; check that it runs and that ENTAKU_DATABASE_URL is right.",
    ),
    Trouble.DISK_FULL: _EMBEDDED[Embedded.DISK_FULL],
    Trouble.NOT_WRITABLE: _EMBEDDED[Embedded.NOT_WRITABLE],
    Trouble.KEYS_MISSING: (
        "データベースにある協議会の鍵が見つかりません。ENTAKU_DATA が正しいかを確かめてください。",
        "The keys of a council in the database are not here; check ENTAKU_DATA.",
    ),
    Trouble.PAGE_DAMAGED: (
        "画面のファイルが壊れています。make web でもう一度作ってください。",
        "The files of the page are damaged; build them again with make web.",
    ),
}
_BY_ERRNO: Final = {
    errno.EADDRINUSE: Trouble.PORT_TAKEN,
    errno.EADDRNOTAVAIL: Trouble.NO_HOST,
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT: Trouble.DISK_FULL,
    errno.EACCES: Trouble.NOT_WRITABLE,
    errno.EROFS: Trouble.NOT_WRITABLE,
    errno.ENOENT: Trouble.KEYS_MISSING,
}


def tell(error: Exception, *, port: int) -> tuple[str, str] | None:
    """Say in Japanese and English why the server does not start; None for a fault of ours."""
    match error:
        case BadSetting():
            said = _FLAWS[error.flaw]
        case CannotStart():
            said = _EMBEDDED[error.trouble]
        case CannotMigrate():
            said = _MISMATCHES.get(error.mismatch, _MISMATCH)
        case DamagedPage():
            said = _TROUBLES[Trouble.PAGE_DAMAGED]
        case asyncpg.DiskFullError():
            said = _TROUBLES[Trouble.DISK_FULL]
        case asyncpg.PostgresError() | asyncpg.InterfaceError() | ConnectionError():
            said = _TROUBLES[Trouble.NO_DATABASE]
        case OSError():
            said = _TROUBLES[_BY_ERRNO.get(error.errno or 0, Trouble.NO_DATABASE)]
        case _:
            return None
    facts = {"name": getattr(error, "name", ""), "port": port}
    return said[0].format(**facts), said[1].format(**facts)
