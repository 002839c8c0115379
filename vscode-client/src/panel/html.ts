/** Renders an explained function as a page. Independent of VS Code. */

import { withoutUnsafe } from "../literal";
import type { Detail, ExplainedFunction, Explanation, LineEvidence } from "../protocol";

export interface Page {
  explained: ExplainedFunction;
  /** Path for display. */
  file: string;
  /** Text of the document's line. */
  textOf: (line: number) => string;
  /** A new random nonce that allows only the page's own style and script. */
  nonce: string;
}

export function render({ explained, file, textOf, nonce }: Page): string {
  const { name, verdict, explanation, declared, caveat, message } = explained;
  const parts = [
    `<h1>${escape(name)}</h1>`,
    `<p class="where"><a href="#" data-line="${explained.headerRange.start.line}">${escape(file)}:${explained.headerRange.start.line + 1}</a></p>`,
    `<p class="verdict ${verdict.band ?? "none"}"><strong>${escape(verdict.answer)}</strong> - ${escape(verdict.number)}</p>`,
    `<p>${escape(explanation ? explanation.summary : message)}</p>`,
    `<p class="caveat">${escape(caveat)}</p>`,
    declared === null ? "" : `<p>${escape(declared)}</p>`,
    `<p id="stale" hidden>The text has changed since this was computed. <a href="#" data-again>Explain again</a></p>`,
    explanation ? evidence(explanation, textOf) : "",
    explanation ? folded(explanation, explained.details) : "",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<title>${escape(name)}</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
${parts.filter(Boolean).join("\n")}
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>`;
}

/** Text as HTML; characters that could reorder or hide code are made visible. */
export function escape(text: string): string {
  const literal = text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return withoutUnsafe(literal, (code) => `<span class="hidden">${code}</span>`, "\t");
}

/** The figures, folded away: terms with what they mean as tooltips, and what they are here. */
function folded(explanation: Explanation, details: Detail[]): string {
  const rows = details.map(
    ({ term, meaning, text }) =>
      `<dt><abbr title="${escape(meaning)}" tabindex="0">${escape(term)}</abbr></dt><dd>${escape(text)}</dd>`,
  );
  return `<details><summary>${escape(explanation.titles.details)}</summary>
<dl>${rows.join("\n")}</dl>
${tokens(explanation)}
</details>`;
}

function evidence(explanation: Explanation, textOf: (line: number) => string): string {
  const texts = dedent(explanation.lines.map((line) => textOf(line.line)));
  const rows = explanation.lines.map((line, index) => row(line, texts[index] ?? ""));
  const { titles } = explanation;
  return `<h2>${escape(titles.lines)}</h2>
<p class="legend"><span class="human">◀ ${escape(titles.human)}</span> <span class="llm">${escape(titles.llm)} ▶</span></p>
<div class="scroll"><table class="lines"><tbody>
${rows.join("\n")}
</tbody></table></div>
${constructs(explanation)}`;
}

/** The lines without their common indentation. */
export function dedent(lines: string[]): string[] {
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents, Infinity);
  return lines.map((line) => line.slice(Math.min(shared, line.length)));
}

function row({ line, valueText, weight }: LineEvidence, text: string): string {
  return `<tr><td class="number"><a href="#" data-line="${line}">${line + 1}</a></td><td title="${escape(valueText)}">${bar(weight)}</td><td class="code">${escape(text)}</td></tr>`;
}

/** A bar for a share of the strongest value, -1 to 1: it starts in the middle and fills at most one half. */
function bar(weight: number): string {
  const width = Math.min(50, Math.abs(weight) * 50).toFixed(1);
  const x = weight < 0 ? (50 - Number(width)).toFixed(1) : "50";
  const side = weight < 0 ? "human" : "llm";
  return `<svg class="bar ${side}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect x="${x}" width="${width}" height="10"/><path d="M50 0V10"/></svg>`;
}

function constructs({ constructs: found, titles }: Explanation): string {
  if (found.length === 0) {
    return "";
  }
  const strongest = Math.max(...found.map(({ value }) => Math.abs(value))) || 1;
  const rows = found.map(
    (each) =>
      `<tr><td>${escape(each.name)}</td><td title="${escape(each.valueText)}">${bar(each.value / strongest)}</td><td class="number">${escape(each.shareText)}</td></tr>`,
  );
  return `<h2>${escape(titles.constructs)}</h2>\n<table class="lines constructs"><tbody>\n${rows.join("\n")}\n</tbody></table>`;
}

function tokens({ topTokens, titles }: Explanation): string {
  if (topTokens.length === 0) {
    return "";
  }
  const items = topTokens.map(
    ({ text, value, valueText, range }) =>
      `<li><code>${escape(text)}</code> <span class="${value < 0 ? "human" : "llm"}">${escape(valueText)}</span> <a href="#" data-line="${range.start.line}">line ${range.start.line + 1}</a></li>`,
  );
  return `<h2>${escape(titles.tokens)}</h2>\n<ul class="tokens">${items.join("")}</ul>`;
}

const STYLE = `
body { font: var(--vscode-font-size) var(--vscode-font-family); color: var(--vscode-foreground); padding: 0 1.25rem 1rem; line-height: 1.5; }
h1 { font: 600 1.25rem var(--vscode-editor-font-family); margin: 1rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .4rem 0; max-width: 70ch; }
a { color: var(--vscode-textLink-foreground); text-decoration: none; } a:hover { text-decoration: underline; }
.llm { color: var(--vscode-codeorigin-llm); } .human { color: var(--vscode-codeorigin-human); }
.verdict strong { font-size: 1.15rem; }
.legend { display: flex; gap: 1.5rem; }
.scroll { overflow-x: auto; }
.lines { border-collapse: collapse; min-width: 100%; } .constructs { min-width: 0; }
.lines td { padding: 1px .6rem 1px 0; vertical-align: top; }
.lines tr:hover { background: var(--vscode-list-hoverBackground); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.code { font-family: var(--vscode-editor-font-family); white-space: pre; width: 99%; tab-size: 4; }
.bar { width: 5rem; height: .7rem; fill: currentColor; vertical-align: middle; }
.bar path { stroke: var(--vscode-panel-border, currentColor); stroke-width: 1; vector-effect: non-scaling-stroke; }
.tokens { padding-left: 1.2rem; columns: 16rem; margin: .25rem 0; }
.hidden { outline: 1px solid var(--vscode-editorWarning-foreground); font-size: .8em; }
#stale { border-left: 3px solid var(--vscode-editorWarning-foreground); padding-left: .6rem; }
.caveat, dd { color: var(--vscode-descriptionForeground); }
details { margin-top: 1.5rem; border-top: 1px solid var(--vscode-panel-border); padding-top: .5rem; }
summary { cursor: pointer; } dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; } dd { margin: 0; max-width: 60ch; }
abbr { cursor: help; }
`;

const SCRIPT = `
const host = acquireVsCodeApi();
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line], a[data-again]");
  if (!link) return;
  event.preventDefault();
  host.postMessage("again" in link.dataset ? { kind: "again" } : { kind: "reveal", line: Number(link.dataset.line) });
});
window.addEventListener("message", () => { document.getElementById("stale").hidden = false; });
`;
