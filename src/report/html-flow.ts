import type { CountRow } from './rows.js';
import { html, NOTHING, numeral, type Markup } from './html-text.js';
import { kindWords } from './words.js';

/** What was read, and what became of it, as ribbons whose widths are in proportion to the number of records. */

export const OUTCOMES = ['created', 'adopted', 'skipped', 'failed', 'waiting'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** In the units of the picture, which is 760 wide. */
const HEIGHT = 200;
const LEFT = 214;
const RIGHT = 546;
const NODE = 10;
/** A line of text with air. */
const SLOT = 24;
const GAP = 10;
/** A single record among 100,000 is seen all the same. */
const THINNEST = 1.5;
const TOP = 8;

export type Ribbon = {
  readonly kind: string;
  readonly outcome: Outcome;
  readonly count: number;
  readonly width: number;
};
type Node = { readonly label: string; readonly count: number; readonly top: number; readonly height: number };

/** Ribbons in the order of kinds, then outcomes; `isTrue` = no width had to be raised to be seen. */
export function ribbonsOf(counts: readonly CountRow[]): {
  readonly ribbons: readonly Ribbon[];
  readonly isTrue: boolean;
} {
  const total = counts.reduce((sum, { read }) => sum + read, 0);
  const scale = total === 0 ? 0 : HEIGHT / total;
  const ribbons = counts.flatMap((row) =>
    OUTCOMES.filter((outcome) => row[outcome] > 0).map((outcome) => ({
      kind: row.kind,
      outcome,
      count: row[outcome],
      width: Math.max(THINNEST, row[outcome] * scale),
    })),
  );
  return { ribbons, isTrue: ribbons.every(({ count, width }) => Math.abs(width - count * scale) < 1e-9) };
}

export function flowPicture(counts: readonly CountRow[]): Markup {
  const { ribbons, isTrue } = ribbonsOf(counts);
  if (ribbons.length === 0) return NOTHING;
  const left = nodesOf(ribbons, ({ kind }) => kind, kindWords);
  const right = nodesOf(
    ribbons,
    ({ outcome }) => outcome,
    (outcome) => outcome,
    OUTCOMES,
  );
  const height = Math.max(bottomOf(left), bottomOf(right)) + TOP;
  const paths = pathsOf(ribbons, left, right);
  const said = ribbons.map(({ kind, outcome, count }) => `${numeral(count)} ${kindWords(kind)} ${outcome}`).join(', ');
  return html`<figure class="flow">
    <div class="scroll" tabindex="0" role="group" aria-label="Picture of the flow, scrolls sideways">
      <svg viewBox="0 0 760 ${rounded(height)}" role="img" aria-labelledby="flow-title flow-desc">
        <title id="flow-title">From LiteLLM to Bifrost</title>
        <desc id="flow-desc">${said}</desc>
        ${paths} ${[...left.values()].map((node) => nodeMarkup(node, LEFT - NODE, 'end', 'read'))}
        ${[...right].map(([outcome, node]) => nodeMarkup(node, RIGHT, 'start', outcome))}
      </svg>
    </div>
    <figcaption>
      What was read (left), and what became of it (right).
      ${isTrue ? 'Widths are in proportion.' : 'Widths are in proportion; what would be too thin to see is drawn as a hair line.'}
    </figcaption>
  </figure>`;
}

function nodesOf(
  ribbons: readonly Ribbon[],
  pick: (ribbon: Ribbon) => string,
  label: (id: string) => string,
  order: readonly string[] = [],
): Map<string, Node> {
  const ids = [...new Set(ribbons.map(pick))].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const nodes = new Map<string, Node>();
  let top = TOP;
  for (const id of ids) {
    const own = ribbons.filter((ribbon) => pick(ribbon) === id);
    const height = own.reduce((sum, { width }) => sum + width, 0);
    const slot = Math.max(SLOT, height + GAP);
    const count = own.reduce((sum, one) => sum + one.count, 0);
    nodes.set(id, { label: label(id), count, top: top + (slot - height) / 2, height });
    top += slot;
  }
  return nodes;
}

function bottomOf(nodes: ReadonlyMap<string, Node>): number {
  return Math.max(0, ...[...nodes.values()].map(({ top, height }) => top + Math.max(height, SLOT)));
}

function pathsOf(
  ribbons: readonly Ribbon[],
  left: ReadonlyMap<string, Node>,
  right: ReadonlyMap<string, Node>,
): Markup[] {
  const used = new Map<string, number>();
  const place = (side: string, node: Node | undefined, width: number): number => {
    const before = used.get(side) ?? 0;
    used.set(side, before + width);
    return (node?.top ?? 0) + before + width / 2;
  };
  return ribbons.map(({ kind, outcome, count, width }) => {
    const from = place(`from ${kind}`, left.get(kind), width);
    const to = place(`to ${outcome}`, right.get(outcome), width);
    const middle = (LEFT + RIGHT) / 2;
    const path = `M${LEFT},${rounded(from)}C${middle},${rounded(from)} ${middle},${rounded(to)} ${RIGHT},${rounded(to)}`;
    return html`<path class="ribbon ${outcome}" d="${path}" stroke-width="${rounded(width)}"
      ><title>${kindWords(kind)}, ${outcome}: ${numeral(count)}</title></path
    >`;
  });
}

function nodeMarkup({ label, count, top, height }: Node, x: number, anchor: 'start' | 'end', style: string): Markup {
  const middle = rounded(top + height / 2);
  const at = anchor === 'end' ? x - 8 : x + NODE + 8;
  return html`<rect
      class="node ${style}"
      x="${x}"
      y="${rounded(top)}"
      width="${NODE}"
      height="${rounded(height)}"
    /><text x="${at}" y="${middle}" dy="0.35em" text-anchor="${anchor}"
      >${label} <tspan class="count">${numeral(count)}</tspan></text
    > `;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
