/** Settings -> options of `codeorigin check`. Knows nothing of VS Code. */

/** What decides a report. The project's own files win over these, in the report as in the editor. */
export const REPORTED = ["threshold", "falsePositiveRate", "fileContext", "topLevel", "languages", "exclude"];

/** `chosen` are the settings that somebody set, by their names; without any, an older server understands the options. */
export function reportArguments(chosen: Record<string, unknown>, model: string | null | undefined): string[] {
  return [
    ...(Object.keys(chosen).length > 0 ? ["--settings", JSON.stringify(chosen)] : []),
    ...(model ? ["--model", model] : []),
  ];
}
