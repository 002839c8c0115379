/** Makes foreign text harmless, as in hovers: joiners are shown too, since they hide a difference of names. Independent of VS Code. */

/** Controls, separators, bidirectional overrides, invisible characters, lone surrogates and tags. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- the expression has to match them
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/gu;
const MAX_MESSAGE = 1000;

/** The text with each unsafe character replaced; in code, tabs are safe. */
export function withoutUnsafe(text: string, shown: (code: string) => string, keep = ""): string {
  return text.replace(UNSAFE, (character) =>
    keep.includes(character) ? character : shown(`U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`),
  );
}

/** Text for a notification, where VS Code turns `[text](address)` into a link and, in labels, `$(name)` into an icon. */
export function plainMessage(text: string): string {
  const shown = withoutUnsafe(text, (code) => `<${code}>`).replace(/\]\(/g, "] (").replace(/\$\(/g, "$ (");
  return shown.length <= MAX_MESSAGE ? shown : `${shown.slice(0, MAX_MESSAGE - 1)}…`;
}
