/** VS Code's ids of the supported languages. */
export const LANGUAGE_IDS = [
  "python",
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "java",
  "go",
  "c",
  "cpp",
  "csharp",
  "rust",
  "php",
  "ruby",
] as const;

/** Untitled documents in plain text, whose language the server detects, are sent to it too. */
const UNTITLED = { language: "plaintext", scheme: "untitled" };

/** Only real documents, not the other side of a diff or the output panel. */
const SCHEMES = ["file", "untitled", "vscode-notebook-cell", "vscode-vfs"] as const;

/** The documents that are sent to the server. */
export const DOCUMENT_SELECTOR: { language: string; scheme: string }[] = [
  ...LANGUAGE_IDS.flatMap((language) => SCHEMES.map((scheme) => ({ language, scheme }))),
  UNTITLED,
];

export function isScored({ languageId, uri }: { languageId: string; uri: { scheme: string } }): boolean {
  return DOCUMENT_SELECTOR.some(({ language, scheme }) => language === languageId && scheme === uri.scheme);
}
