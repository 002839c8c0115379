/** VS Code's ids of the languages that the server reads. */
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

/** Real documents only: not the other side of a diff, not the output panel. */
const SCHEMES = ["file", "untitled", "vscode-notebook-cell", "vscode-vfs"] as const;

export const DOCUMENT_SELECTOR = LANGUAGE_IDS.flatMap((language) =>
  SCHEMES.map((scheme) => ({ language, scheme })),
);

export function isScored(document: { languageId: string; uri: { scheme: string } }): boolean {
  return DOCUMENT_SELECTOR.some(
    (each) => each.language === document.languageId && each.scheme === document.uri.scheme,
  );
}
