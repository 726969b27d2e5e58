/** What a person reads when her machine, browser or network is in trouble. */

import type { ClientCode } from "../client/troubles";

/** One sentence in both languages. */
export interface Both {
  readonly ja: string;
  readonly en: string;
}

/** The sentences, by code. */
export const TROUBLES: Readonly<Record<ClientCode, Both>> = {
  STORAGE_FULL: {
    ja: "このパソコンの保存領域がいっぱいのため、保存できませんでした。前に保存した鍵の保管庫はそのまま残っています。不要なデータを消してから、もう一度お試しください。",
    en: "There is no room left to save on this computer. The key vault saved before is unharmed. Please free some space and try again.",
  },
  STORAGE_BLOCKED: {
    ja: "ブラウザーがデータの保存を許していません。プライベートウィンドウを閉じるか、保管庫をファイルに置いてお使いください。",
    en: "The browser does not allow data to be saved. Please leave the private window, or keep the vault in a file.",
  },
  FILE_DENIED: {
    ja: "保管庫のファイルを開けませんでした。USBメモリーや共有フォルダーがつながっているか、使用が許可されているかを確かめてください。",
    en: "The vault file could not be opened. Please check that the stick or folder is connected and that access is allowed.",
  },
  WASM_BLOCKED: {
    ja: "暗号の部品（WebAssembly）がこのブラウザーで止められているため、始められません。情報システム担当に、このサイトでの許可を依頼してください。",
    en: "The encryption part (WebAssembly) is blocked in this browser, so nothing can be started. Please ask your IT staff to allow it for this site.",
  },
  OLD_BROWSER: {
    ja: "このブラウザーは古いため使えません。最新の Chrome、Edge、Firefox、Safari のいずれかでお開きください。",
    en: "This browser is too old. Please use a current version of Chrome, Edge, Firefox or Safari.",
  },
  PAGE_ALTERED: {
    ja: "届いたプログラムが、署名された版と一致しません。安全のため動かしていません。ページを開き直しても同じなら、合言葉を入れずに、情報システム担当と調整機関へ知らせてください。",
    en: "The program that arrived is not the signed one, so it was not started. If opening the page anew does not help, do not enter your passphrase, and tell your IT staff and the coordinating agency.",
  },
  MEMORY_SHORT: {
    ja: "メモリーが足りないため、保管庫を開けません。ほかのタブやアプリを閉じてから、もう一度お試しください。",
    en: "There is not enough memory to open the vault. Please close other tabs or programs and try again.",
  },
  OFFLINE: {
    ja: "ネットワークにつながっていません。入力した内容はこの端末に残っています。つながりしだい続きから再開します。",
    en: "There is no network. What you typed is kept on this device; work goes on from here as soon as the connection is back.",
  },
  CLOCK_OFF: {
    ja: "このパソコンの時計が10分以上ずれています。表示はサーバーの時刻に合わせていますが、書き込みの前に時計を直してください。",
    en: "The clock of this computer is more than ten minutes off. The server's time is shown; please set the clock before you write.",
  },
  PROFILE_FRESH: {
    ja: "このブラウザーで開くのは初めてです。前にも使ったはずなら、終了時に中身が消えるパソコンです。保管庫をファイル（ネットワーク上の個人フォルダーやUSBメモリー）に置いてください。",
    en: "This browser is new here. If you used it before, this computer clears it at the end of the day: please keep the vault in a file on your network home or a stick.",
  },
  VAULT_IN_USE: {
    ja: "この保管庫は、ほかのタブまたはほかのパソコンで開いています。そちらをお使いになるか、閉じてからもう一度お試しください。",
    en: "This vault is open in another tab or on another computer. Please use it there, or close it and try again.",
  },
  VAULT_EXISTS: {
    ja: "同じ名前の保管庫がすでにあります。別の名前を付けてください。",
    en: "A vault of this name exists already. Please choose another name.",
  },
  VAULT_MISSING: {
    ja: "この名前の保管庫がこのブラウザーに見つかりません。ファイルに置いた保管庫があれば、それを開いてください。",
    en: "There is no vault of this name in this browser. If you keep it in a file, please open the file.",
  },
  VAULT_DAMAGED: {
    ja: "保管庫のデータが壊れているか、書き換えられています。写しがあればそれを開き、なければ端末の登録をやり直してください。",
    en: "The data of the vault is damaged or was changed. Please open a copy if there is one, or enrol the device again.",
  },
  LINK_LOST: {
    ja: "この保管庫では、端末を加える手続きが終わっていません。この保管庫を消してから、もとの端末でコードを表示し直し、最初からやり直してください。",
    en: "Adding this device was not finished in this vault. Please delete the vault, show a new code on your other device, and begin again.",
  },
  WRONG_PASSPHRASE: {
    ja: "合言葉が違います。全角と半角、大文字と小文字を確かめて、もう一度入力してください。",
    en: "This is not the passphrase. Please check full and half width, capital and small letters, and type it again.",
  },
};

/** The sentence of a trouble in one language. */
export function troubleSentence(code: ClientCode, lang: keyof Both): string {
  return TROUBLES[code][lang];
}
