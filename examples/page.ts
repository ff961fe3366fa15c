// The page that an example draws its results on: one HTML file that opens from disk, with its pictures and styles inside and
// nothing fetched. Light or dark as the reader's system is.

export interface Section {
  readonly heading: string;
  /** HTML, as the body. */
  readonly text: string;
  readonly body: string;
}

export type Tile = readonly [name: string, value: string, unit: string];

export interface Page {
  readonly title: string;
  readonly heading: string;
  /** HTML, as the footer. */
  readonly lead: string;
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
  readonly footer: string;
  /** Rules beyond those of all pages. */
  readonly style?: string;
}

export function writePage({ title, heading, lead, tiles, sections, footer, style: own = "" }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}${own}</style>
</head>
<body>
<main>
<header>
  <p class="eyebrow">Damo</p>
  <h1>${heading}</h1>
  <p class="lead">${lead}</p>
</header>
<dl class="tiles">${tiles.map(tile).join("")}</dl>
${sections.map(section).join("\n")}
<footer>
  <p>${footer}</p>
</footer>
</main>
</body>
</html>
`;
}

const tile = ([name, value, unit]: Tile): string => `<div><dt>${name}</dt><dd>${value}${unit === "" ? "" : `<small> ${unit}</small>`}</dd></div>`;

const section = ({ heading, text, body }: Section): string => `<section>
  <h2>${heading}</h2>
  <p>${text}</p>
  ${body}
</section>`;

/** Text as HTML. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}

const style = `
:root {
  --paper: #fbfaf8; --card: #ffffff; --text: #1b1b1f; --quiet: #63625d; --hair: #e6e4de;
  --accent: #2563c9; --band: #2563c929; --right: #2563c914; --bad: #c2410c; --on-bad: #ffffff; --none: #f4f2ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141416; --card: #1c1c1f; --text: #ededea; --quiet: #a09f99; --hair: #2f2f34;
    --accent: #82b1ff; --band: #82b1ff38; --right: #82b1ff1f; --bad: #ff8f5e; --on-bad: #1d0f08; --none: #232327;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 56px 24px 40px; }
.eyebrow { margin: 0 0 6px; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
h1 { margin: 0; font-size: clamp(28px, 5vw, 40px); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 0 0 4px; font-size: 20px; letter-spacing: -.01em; }
p { margin: 0; color: var(--quiet); text-wrap: pretty; }
.lead { margin-top: 14px; max-width: 64ch; font-size: 17px; }
section { margin-top: 28px; padding: 24px; background: var(--card); border: 1px solid var(--hair); border-radius: 14px; }
section > p { max-width: 70ch; font-size: 14.5px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 1px; margin: 32px 0 0; overflow: hidden; background: var(--hair); border: 1px solid var(--hair); border-radius: 14px; }
.tiles div { padding: 14px 16px 12px; background: var(--card); }
dt { color: var(--quiet); font-size: 12.5px; white-space: nowrap; }
dd { margin: 2px 0 0; font-size: 23px; font-weight: 600; letter-spacing: -.02em; white-space: nowrap; }
dd small { color: var(--quiet); font-size: 13px; font-weight: 400; letter-spacing: 0; }
.wide { margin-top: 18px; overflow-x: auto; }
svg { display: block; width: 100%; height: auto; font-size: 12px; font-variant-numeric: tabular-nums; }
.chart { min-width: 560px; }
.grid { stroke: var(--hair); }
.border { stroke: var(--quiet); stroke-dasharray: 2 3; opacity: .7; }
.tick, .note { fill: var(--quiet); }
.strong { fill: var(--text); font-weight: 600; }
.band { fill: var(--band); stroke: var(--band); stroke-width: .75; }
.line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
figure { margin: 0; text-align: center; font-size: 13px; line-height: 1.35; }
figure img { padding: 4px; border-radius: 8px; }
@media (prefers-color-scheme: dark) { img { filter: invert(1); } }
footer { margin-top: 28px; font-size: 13.5px; }
code { font-size: .95em; }
@media (max-width: 560px) {
  main { padding: 32px 14px; }
  section { padding: 18px 16px; }
}
@media print { section { break-inside: avoid; } }
`;
