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

/** Documents with code blocks, and those without a known language: the values of the setting `documents`. */
export const DOCUMENT_IDS = ["markdown", "restructuredtext", "plaintext"] as const;

/** Only real documents, not the other side of a diff or the output panel. */
const SCHEMES = ["file", "untitled", "vscode-notebook-cell", "vscode-vfs"] as const;

/** The documents that are sent to the server: source files, and those in the setting `documents`. */
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
