/** Answers of the record: a choice and words in one sentence, so that every client reads them alike. */

/** Between the choice and its words: the full-width colon, as people write it. */
const BETWEEN = "：";

/** A choice with the ways in which it may have been written. */
export interface Choice<T extends string> {
  readonly value: T;
  readonly says: readonly string[];
}

/** Write an answer: what the choice says alone, or with words behind a colon; "" without a choice. */
export function writeAnswer(said: string, words: string): string {
  return said === "" || words === "" ? said : `${said}${BETWEEN}${words}`;
}

/** Read an answer again; what begins with none of the choices is all words. */
export function readAnswer<T extends string>(
  text: string,
  choices: readonly Choice<T>[],
): { readonly choice: T | ""; readonly words: string } {
  for (const { value, says } of choices) {
    const said = says.find((each) => text === each || text.startsWith(each + BETWEEN));
    if (said !== undefined)
      return { choice: value, words: text.slice(said.length + BETWEEN.length) };
  }
  return { choice: "", words: text };
}
