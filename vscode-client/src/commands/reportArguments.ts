/** Turns settings into options of `codeorigin check`. Independent of VS Code. */

/** Settings that affect a report. Project files override them, in the report as in the editor. */
export const REPORTED = ["threshold", "falsePositiveRate", "fileContext", "topLevel", "languages", "exclude"];

/** `chosen` are the settings that the user has set, by name; if there are none, older servers understand the options too. */
export function reportArguments(chosen: Record<string, unknown>, model: string | null | undefined): string[] {
  return [
    ...(Object.keys(chosen).length > 0 ? ["--settings", JSON.stringify(chosen)] : []),
    ...(model ? ["--model", model] : []),
  ];
}
