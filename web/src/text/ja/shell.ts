/** Words of the frame around the screens, in Japanese. */
export const shell = {
  "shell.skip": "本文へ移動",
  "shell.nav": "主な画面",
  "nav.home": "ホーム",
  "nav.docket": "進行管理",
  "nav.audit": "監査",
  "nav.settings": "設定",
  "shell.line.online": "接続中",
  "shell.line.connecting": "接続しています",
  "shell.line.offline": "オフライン",
  "shell.lock": "鍵をかける",
  "shell.hide": "画面を隠す",
  "shell.hideKeys": "画面を隠す（F9、または Esc を2回）",
  "shell.other": "English",
  "shell.council": "協議会",
  "shell.account": "{name}さんのメニュー",
  "shell.covered": "画面を隠しています",
  "shell.coveredWhat": "会議の接続はつながったままです。続けるには、下のボタンを押してください。",
  "shell.uncover": "画面を戻す",
  "shell.banners": "いまの状態",
  "shell.offline":
    "オフラインです。いま表示しているのは最後に受け取った内容です。入力した内容はこの端末に残り、つながりしだい送られます。",
  "shell.doubt":
    "サーバーから、正しいと確かめられない内容が届きました。その内容は使わず、確かめられたものだけを表示しています。続くときは、調整機関に知らせてください。",
  "shell.dropped":
    "接続が切れている間に書いた内容の一部を送りませんでした。その後に参加者や状況が変わったためです。会議を開いて確かめ、必要ならもう一度書いてください。",
  "shell.dropped.go": "会議を開く",
  "unsaved.title": "未保存",
  "unsaved.what":
    "保管庫のファイル「{name}」に、まだ保存していない変更があります。保存せずに閉じると、この後に受け取った鍵や書いた内容を開けなくなることがあります。古いファイルと置き換えてください。",
  "unsaved.act": "保管庫をファイルに保存する",
  "unsaved.done": "保管庫のファイルを保存しました。古いファイルと置き換えてください",
  "shell.connecting": "サーバーに接続しています。",
  "shell.clock":
    "このパソコンの時計が約{minutes}分ずれています。表示はサーバーの時刻です。書き込みの前に時計を直してください。",
  "shell.pledge.missing": "誓約書にまだ署名していません。署名するまで、個人の情報は開けません。",
  "shell.pledge.expired": "誓約書の期限が切れました。署名し直すまで、個人の情報は開けません。",
  "shell.pledge.go": "誓約書を確認する",
  "shell.evidence":
    "サーバーが食い違う記録を示しました。書き込みを止めて、調整機関と監査担当に電話などで知らせてください。証拠は{n}件保存しています。",
  "shell.evidence.go": "証拠を見る",
  "shell.unlogged":
    "この画面のプログラムは、協議会の記録簿に載っていません。改造された版のおそれがあります。入力せずに閉じ、調整機関に確かめてください。",
  "shell.missing": "この画面はありません",
  "shell.missingWhat": "アドレスが変わったか、権限がありません。",
  "shell.toHome": "ホームへ",
  "shell.updated": "更新がありました",
  "shell.failed": "画面を表示できませんでした",
  "shell.failedWhat":
    "入力の途中だった内容はこの端末に残っています。画面を読み込み直してください。",
  "shell.reload": "読み込み直す",
  "idle.title": "まもなく鍵がかかります",
  "idle.what": "{minutes}分間操作がないと、保管庫に鍵をかけます。入力の途中の内容は残ります。",
  "idle.stay": "続けて使う",
} as const;
