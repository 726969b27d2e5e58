/** What lies beside exported evidence: how somebody else reads it, in both languages. */
export const EVIDENCE_READ_ME = `証拠の読み方

番号と理由コードの付いたフォルダーごとに、サーバーの二つの言葉が、届いたときのまま入っています。会議の内容は入っていません。
このファイルを、保存したまま次の命令に渡すと、両方の署名を確かめて、何が証明されるかを表示します。
  entaku audit evidence entaku-evidence.zip
協議会の指紋が分かるときは、--net に続けて渡してください。指紋は「設定」の「円卓について」にあります。

- roots/ には協議会の根の文書が入っています。サーバーの鍵（srv）と記録簿の鍵はここにあります。最初の根の文書のハッシュが協議会の指紋です。
- .json は署名付きの文書（DSSE）です。payload を base64 でほどくと本文が読めます。
- .txt は記録簿の署名付きチェックポイントです。「entaku audit verify」の --old に渡すと、いまの記録簿がこの時点から続いているかを確かめられます。
- .bin は署名のない行の番号です。
EQUIVOCATION：両方の署名が正しければ、サーバーが食い違うことを言った証明です。
ROLLBACK：前に見せた記録簿（first）より短い記録簿（second）を見せたという控えです。日時がないため、それだけでは証明になりません。

How to read this evidence

Each folder, named by a number and a reason code, holds two words of the server as they came. No content of any meeting is in here.
Hand this file, as it was saved, to
  entaku audit evidence entaku-evidence.zip
which verifies both signatures and says what they prove. Where you know the council's fingerprint, give it after --net.
- roots/ holds the council's root statements, with the keys of its server (srv) and of its logs. The hash of the first is the fingerprint.
- .json is a signed statement (DSSE): decode payload from base64 to read it.
- .txt is a signed checkpoint of a log: hand it to "entaku audit verify" as --old to see whether the log of today goes on from there.
- .bin is the id of a row, without a signature.
EQUIVOCATION: where both signatures verify, the server provably said two things.
ROLLBACK: a note that a shorter log (second) was shown after a longer one (first). Checkpoints bear no time, so this alone proves nothing.
`;
