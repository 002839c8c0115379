"""The style of the page of a history, for light and dark mode.

The color of a band has up to three shades: for charts, for text (``-ink``) and for backgrounds of text (``-under``).
"""

STYLE = """
:root { color-scheme: light dark; --edge: #8884; --soft: #8881; --ink: #1d1d1f; --paper: #fff;
  --llm: #d9730d; --unsure: #b9b6ab; --human: #2b7bba; --calm: #dfe8ee; --quiet: #6a6a70;
  --llm-ink: #ad5508; --human-ink: #2672ad; --llm-under: var(--llm); --human-under: var(--human); }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e3; --paper: #17181a;
  --llm: #f0883e; --unsure: #77746c; --human: #4a9bd8; --calm: #2a3842; --quiet: #9b9ba1;
  --llm-ink: var(--llm); --human-ink: var(--human); --llm-under: #a3500f; --human-under: #2a6da3; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
p.what, .tile span, summary span, time, footer { color: var(--quiet); }
p.notice { border-left: 3px solid var(--llm); padding-left: .8rem; }
p.declared { border-left: 3px solid var(--human); padding-left: .8rem; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.tile { flex: 1 1 8rem; border: 1px solid var(--edge); border-radius: .5rem; padding: .6rem .9rem; }
.tile b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.tile.llm { border-top: 3px solid var(--llm); } .tile.unsure { border-top: 3px solid var(--unsure); }
.tile.human { border-top: 3px solid var(--human); }
figure { margin: .5rem 0; } svg { width: 100%; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
svg text.on { fill: var(--ink); pointer-events: none; }
svg .grid { stroke: var(--edge); } svg .volume { fill: var(--quiet); opacity: .55; }
svg .llm { fill: var(--llm); } svg .unsure { fill: var(--unsure); } svg .human { fill: var(--human); }
svg .folder { stroke: var(--paper); stroke-width: 2; }
i.llm { background: var(--llm); } i.unsure { background: var(--unsure); } i.human { background: var(--human); }
.legend span { margin-right: 1.2rem; }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .4rem; }
.scale { display: flex; align-items: center; gap: .6rem; color: var(--quiet); }
.scale i { width: 10rem; height: .7rem; border-radius: .3rem;
  background: linear-gradient(to right in oklab, var(--calm), var(--llm-under)); }
.language { display: grid; grid-template-columns: 7rem 1fr 8rem; gap: .8rem; align-items: center; margin: .3rem 0; }
.stack { display: flex; height: .9rem; border-radius: .3rem; overflow: hidden; background: var(--soft); }
.stack i { display: block; height: 100%; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table { border-collapse: collapse; width: 100%; } td { overflow-wrap: anywhere; }
th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--edge); }
th.number, td.number { text-align: right; }
details.commit { border: 1px solid var(--edge); border-radius: .5rem; margin: .5rem 0; padding: .5rem .8rem; }
details.function { margin: .4rem 0 .4rem 1rem; } summary { cursor: pointer; overflow-wrap: anywhere; }
b.llm { color: var(--llm-ink); } b.human { color: var(--human-ink); } b.unsure, b.none { color: var(--quiet); }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; border: 1px solid var(--edge); border-radius: .4rem; padding: .4rem 0; }
.line { display: block; padding: 0 .6rem; white-space: pre; min-width: max-content; }
.line i { font-style: normal; opacity: .65; margin-right: .6rem; user-select: none; }
footer { margin-top: 2.5rem; }
"""
