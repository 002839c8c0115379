"""The style of all pages, for light and dark mode and for windows of any width.

The colour of a band has up to three shades: for charts, for text (``-ink``) and for backgrounds of text (``-under``).
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
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; } h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
p, li { max-width: 62rem; overflow-wrap: anywhere; } a { color: var(--human-ink); }
p.what, .tile span, summary span, time, footer, figcaption { color: var(--quiet); }
p.notice, .first { border-left: 3px solid var(--llm); padding-left: .8rem; }
p.declared, p.fine { border-left: 3px solid var(--human); padding-left: .8rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tile { border: 1px solid var(--edge); border-radius: .5rem; padding: .6rem .9rem; }
.tile b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.tile.llm { border-top: 3px solid var(--llm); } .tile.unsure { border-top: 3px solid var(--unsure); }
.tile.human { border-top: 3px solid var(--human); }
i.llm { background: var(--llm); } i.unsure { background: var(--unsure); } i.human { background: var(--human); }
.legend span { margin-right: 1.2rem; }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .4rem; }
.stack { display: flex; height: .9rem; border-radius: .3rem; overflow: hidden; background: var(--soft); }
.bars { display: grid; grid-template-columns: fit-content(30%) 1fr max-content; gap: .3rem .8rem;
  align-items: center; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.table { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0; min-width: min(100%, 30rem); }
th, td { text-align: right; vertical-align: top; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--edge);
  font-weight: 400; font-variant-numeric: tabular-nums; }
td { white-space: nowrap; } thead th { color: var(--quiet); font-weight: 600; vertical-align: bottom; }
tr > :first-child { text-align: left; overflow-wrap: anywhere; }
details.box { border: 1px solid var(--edge); border-radius: .5rem; margin: .5rem 0; padding: .5rem .8rem; }
details.function { margin: .4rem 0 .4rem 1rem; } summary { cursor: pointer; overflow-wrap: anywhere; }
.box > summary .stack { display: inline-flex; width: 6rem; height: .6rem; margin: 0 .5rem; }
.llm:is(b, td) { color: var(--llm-ink); } .human:is(b, td) { color: var(--human-ink); }
:is(.unsure, .none):is(b, td) { color: var(--quiet); }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; border: 1px solid var(--edge); border-radius: .4rem; padding: .4rem 0; }
.line { display: block; padding: 0 .6rem; white-space: pre; min-width: max-content; }
.line i { font-style: normal; color: var(--quiet); margin-right: .6rem; user-select: none; }
.line[class*=" "] i { color: inherit; }
.line.llm { background: color-mix(in oklab, var(--llm-under) var(--heat), transparent); }
.line.human { background: color-mix(in oklab, var(--human-under) var(--heat), transparent); }
.h1 { --heat: 10%; } .h2 { --heat: 20%; } .h3 { --heat: 30%; } .h4 { --heat: 40%; } .h5 { --heat: 50%; }
.h6 { --heat: 60%; } .h7 { --heat: 70%; }
figure { margin: .5rem 0; }
.chart { display: flex; gap: .4rem; font-size: 12px; line-height: 1; color: var(--quiet); }
.axis { position: relative; flex: none; width: 3.4rem; height: 275px; } .axis span { position: absolute; right: 0; }
.periods { display: flex; flex: 1; min-width: 0; gap: 1px; } .periods > div { position: relative; flex: 1; min-width: 0; }
.volume { display: flex; align-items: end; height: 60px; margin-bottom: 20px; }
.volume i { width: 100%; background: var(--quiet); opacity: .55; }
.periods .stack { flex-direction: column; justify-content: end; height: 170px; border-radius: 0; }
.when { position: absolute; top: 258px; left: 0; white-space: nowrap; } .late { left: auto; right: 0; }
.map { position: relative; height: 420px; font-size: 13px; line-height: 1.3; }
.map div { position: absolute; box-sizing: border-box; border: 1px solid var(--paper); container-type: size;
  background: color-mix(in oklab, var(--llm-under) var(--share), var(--calm)); }
.map span { display: block; overflow: hidden; overflow-wrap: anywhere; padding: 0 .25rem; max-height: 100%;
  max-height: round(down, 100cqh, 1.3em); }
@container (width < 2.6rem) or (height < 1.2rem) { .map span { display: none; } }
.scale { display: flex; align-items: center; gap: .6rem; color: var(--quiet); }
.scale i { width: 10rem; height: .7rem; border-radius: .3rem;
  background: linear-gradient(to right in oklab, var(--calm), var(--llm-under)); }
@media (max-width: 700px) { .minor { display: none; } 
  details.function { margin-left: 0; } body { margin: 1rem auto; } }
footer { margin-top: 2.5rem; overflow-wrap: anywhere; }
"""
