/** Figures as people read them, the same way the server writes them. */

/** `0.82` -> `82 %`; never a bare 0 % or 100 %, which would be claims of certainty. */
export function percent(probability: number): string {
  if (probability >= 0.995) {
    return "over 99 %";
  }
  return probability <= 0.005 ? "under 1 %" : `${Math.round(probability * 100)} %`;
}

/** `-1.5` -> `−1.50`, `0.4` -> `+0.40`. */
export function signed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  return value < 0 ? `−${digits}` : `+${digits}`;
}

/** `0.012` -> `1.2 %`, `0.126` -> `13 %`, `0.0004` -> `under 0.1 %`. */
export function share(fraction: number): string {
  if (fraction < 0.001) {
    return "under 0.1 %";
  }
  const digits = fraction < 0.0995 ? 1 : 0;
  return `${(fraction * 100).toFixed(digits).replace(/\.0$/, "")} %`;
}

export const LIMITS =
  "An estimate from the text alone, not a proof of authorship: people do write code that scores high, and edited LLM output can score low.";
