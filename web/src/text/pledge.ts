/**
 * 誓約書: what everybody signs for herself before she may open personal information.
 *
 * The Japanese text, byte for byte in UTF-8, is what is hashed and signed; a change of one character
 * is a new version. It names no article: which statute binds stands with the basis of each item.
 */
export const PLEDGE = {
  ver: 1,
  ja: `1 会議で知った個人の情報と秘密を、正当な理由なく、ほかの人に話し、見せ、渡しません。退職・異動・退会の後も同じです。
2 情報は、会議の目的のためだけに使います。私的な関心で調べません。
3 画面を、会議に関係のない人に見せません。写真を撮らず、録音せず、自分の機器に写しを残しません。印刷したものは機関の決まりに従って保管し、廃棄します。
4 合言葉と端末を、ほかの人に貸しません。一つの登録を何人かで使いません。
5 本人が同意を撤回したとき、または会議から外れたときは、その後の情報を求めません。すでに受けた情報についての秘密は守り続けます。
6 端末や印刷物をなくしたとき、誤って伝えたときは、ただちに自分の機関と調整機関に知らせます。
7 いつ、だれが、何を開いたかが記録され、監査を受けることを承知しています。
`,
  en: `1 I will not tell, show or hand to others, without good reason, any personal information or secret that I learn in a conference. This holds after I leave my post, my agency or the council.
2 I use information only for the purpose of the conference. I do not look things up out of private interest.
3 I do not show the screen to people outside the conference. I take no pictures or recordings and keep no copies on devices of my own. What is printed is kept and destroyed by my agency's rules.
4 I lend neither passphrase nor device. A registration is never shared.
5 When a person withdraws consent, or when I leave a conference, I ask for nothing further. What I already received stays secret.
6 When I lose a device or a paper, or tell something by mistake, I inform my agency and the coordinating agency at once.
7 I know that it is recorded, and audited, who opened what and when.
`,
} as const;
