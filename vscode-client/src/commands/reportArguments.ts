/** Turns settings into options of `codeorigin check`. Independent of VS Code. */

/** Settings that affect a report. Project files override them, in the report as in the editor. */
export const REPORTED = ["threshold", "falsePositiveRate", "fileContext", "languages", "exclude"];

/** Accepted findings of a workspace folder, as the server writes them. */
export const ACCEPTED_FINDINGS = ".codeorigin-baseline.json";

export interface ReportScope {
  /** The settings that the user has set, by name. */
  chosen: Record<string, unknown>;
  model: string | null | undefined;
  /** Whether the folder has a file of accepted findings. */
  hasAccepted: boolean;
}

/** The report shows what the editor shows: its settings, and no accepted findings. */
export function reportArguments({ chosen, model, hasAccepted }: ReportScope): string[] {
  return [
    ...(Object.keys(chosen).length > 0 ? ["--settings", JSON.stringify(chosen)] : []),
    ...(model ? ["--model", model] : []),
    ...(hasAccepted ? ["--baseline", ACCEPTED_FINDINGS] : []),
  ];
}
