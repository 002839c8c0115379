/** Settings -> options of `codeorigin check`. Knows nothing of VS Code. */

export interface ReportSettings {
  threshold: number | null | undefined;
  fileContext: boolean | undefined;
  model: string | null | undefined;
  exclude: string[];
}

/** Only what differs from the command line's own defaults, so that an older server understands it. */
export function reportArguments({ threshold, fileContext, model, exclude }: ReportSettings): string[] {
  return [
    ...(typeof threshold === "number" ? ["--threshold", String(threshold)] : []),
    ...(fileContext === false ? ["--no-file-context"] : []),
    ...(model ? ["--model", model] : []),
    ...exclude.flatMap((pattern) => ["--exclude", pattern]),
  ];
}
