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

/** Documents that hold code, and those without a known language: what the setting `documents` may list. */
export const DOCUMENT_IDS = ["markdown", "restructuredtext", "plaintext"] as const;

/** Real documents only: not the other side of a diff, not the output panel. */
const SCHEMES = ["file", "untitled", "vscode-notebook-cell", "vscode-vfs"] as const;

/** What the server is told of: source files, and the `documents` that the setting lists. */
export function documentSelector(documents: readonly string[]): { language: string; scheme: string }[] {
  const listed = DOCUMENT_IDS.filter((id) => documents.includes(id));
  return [...LANGUAGE_IDS, ...listed].flatMap((language) => SCHEMES.map((scheme) => ({ language, scheme })));
}

export function isScored(
  document: { languageId: string; uri: { scheme: string } },
  documents: readonly string[],
): boolean {
  return documentSelector(documents).some(
    (each) => each.language === document.languageId && each.scheme === document.uri.scheme,
  );
}
