/** What lies beside exported evidence: how somebody else reads it, in both languages. */
export const EVIDENCE_READ_ME = `証拠の読み方

番号と理由コードの付いたフォルダーごとに、サーバーの二つの言葉が、届いたときのまま入っています。会議の内容は入っていません。
- .json は署名付きの文書（DSSE）です。payload を base64 でほどくと本文が読めます。署名は、協議会の根の文書（root）にある srv の鍵で確かめられます。
- .txt は記録簿の署名付きチェックポイントです。「entaku audit verify」の --old に渡すと、いまの記録簿がこの時点から続いているかを確かめられます。
- .bin は署名のない行の番号です。
EQUIVOCATION：両方の署名が正しければ、サーバーが食い違うことを言った証明です。
ROLLBACK：前に見せた記録簿（first）より短い記録簿（second）を見せたという控えです。日時がないため、それだけでは証明になりません。

How to read this evidence

Each folder, named by a number and a reason code, holds two words of the server as they came. No content of any meeting is in here.
- .json is a signed statement (DSSE): decode payload from base64 to read it. Its signature verifies under the key srv of the council's root.
- .txt is a signed checkpoint of a log: hand it to "entaku audit verify" as --old to see whether the log of today goes on from there.
- .bin is the id of a row, without a signature.
EQUIVOCATION: where both signatures verify, the server provably said two things.
ROLLBACK: a note that a shorter log (second) was shown after a longer one (first). Checkpoints bear no time, so this alone proves nothing.
`;
