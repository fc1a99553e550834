import { VERDICTS, type Verdict } from './compare.js';
import type { Remark } from './remarks.js';
import type { JudgedCell } from './verdicts.js';
import type { UnfilledBudget } from './budgets.js';

/** A judged cell with what the migration report has to say about it. */
export type ExplainedCell = JudgedCell & { readonly codes: readonly string[] };

export type Figures = {
  readonly keys: {
    readonly asked: number;
    readonly active: number;
    readonly inactive: number;
    readonly missing: number;
  };
  /** Cells per verdict: keys that are active on Bifrost, and those created inactive. */
  readonly verdicts: { readonly [verdict in Verdict]: { readonly active: number; readonly inactive: number } };
  readonly allowed: { readonly cells: number; readonly same: number };
  /** The same of the names callers use: without probes, which LiteLLM answers by accident (model strings, internal names). */
  readonly used: { readonly cells: number; readonly same: number };
  /** Narrower cells the report names, and those it does not. */
  readonly narrower: { readonly named: number; readonly unnamed: number };
  /** Wider and other-* cells, silent ones too: each must have an excuse, and those that have one. */
  readonly unexplained: number;
  readonly excused: number;
  readonly unfilledBudgets: number;
  /** Names that work on LiteLLM for keys that are not on Bifrost. */
  readonly lostWithKeys: number;
  readonly narrowerByReason: Count;
  readonly narrowerByCode: Count;
};

type Count = { readonly [label: string]: number };

/** What the verdicts of all cells add up to. Pure. */
export function sumUp(
  cells: readonly ExplainedCell[],
  budgets: readonly UnfilledBudget[],
  usedNames: readonly string[],
): Figures {
  const names = new Set(usedNames);
  const countSame = (those: readonly ExplainedCell[]) => ({
    cells: those.length,
    same: those.filter((cell) => cell.judgement.verdict === 'same').length,
  });
  const migrated = cells.filter((cell) => cell.asker.bifrostValue !== null);
  const keys = tokensOf(cells);
  const isInactive = (cell: ExplainedCell) => cell.asker.inactive;
  const inactive = tokensOf(migrated.filter(isInactive));
  const narrower = migrated.filter((cell) => cell.judgement.verdict === 'narrower');
  // What ran out while asking says nothing about the call.
  const allowed = migrated.filter(
    (cell) => cell.judgement.verdict !== 'budget' && cell.litellm.some((answer) => answer.kind === 'reached'),
  );
  const missing = keys.size - tokensOf(migrated).size;
  return {
    keys: { asked: keys.size, active: keys.size - missing - inactive.size, inactive: inactive.size, missing },
    verdicts: Object.fromEntries(
      VERDICTS.map((verdict) => {
        const those = migrated.filter((cell) => cell.judgement.verdict === verdict);
        const off = those.filter(isInactive).length;
        return [verdict, { active: those.length - off, inactive: off }];
      }),
    ) as Figures['verdicts'],
    allowed: countSame(allowed),
    used: countSame(allowed.filter((cell) => names.has(cell.name))),
    narrower: { named: narrower.filter(isNamed).length, unnamed: narrower.filter((cell) => !isNamed(cell)).length },
    unexplained: migrated.filter((cell) => isGrave(cell.judgement.verdict) && !isNamed(cell)).length,
    excused: migrated.filter((cell) => isGrave(cell.judgement.verdict) && isNamed(cell)).length,
    unfilledBudgets: budgets.length,
    lostWithKeys: cells.filter((cell) => cell.asker.bifrostValue === null && cell.litellm.some(isReached)).length,
    narrowerByReason: tally(narrower.map((cell) => cell.judgement.reason.replace(/\d{3} /, '').slice(0, 70))),
    narrowerByCode: tally(narrower.flatMap((cell) => (cell.codes.length > 0 ? cell.codes : ['(not named)']))),
  };
}

/** Verdicts that fail the judgement unless the report excuses them. */
export function isGrave(verdict: Verdict): boolean {
  return verdict === 'wider' || verdict.startsWith('other-') || verdict === 'silent';
}

/** true when nothing is wider, nothing goes elsewhere and every budget fills. */
export function passes(figures: Figures): boolean {
  return figures.unexplained === 0 && figures.unfilledBudgets === 0;
}

/** The table a person reads. */
export function printFigures(figures: Figures): string {
  const { keys, allowed, used, narrower } = figures;
  const rows = VERDICTS.map((verdict) => {
    const { active, inactive } = figures.verdicts[verdict];
    return `  ${verdict.padEnd(18)}${String(active).padStart(8)}${String(inactive).padStart(10)}`;
  });
  return [
    `keys: ${keys.asked} asked, ${keys.active} active on Bifrost, ${keys.inactive} inactive, ${keys.missing} not there (${figures.lostWithKeys} of their names worked)`,
    `  ${'cells'.padEnd(18)}${'active'.padStart(8)}${'inactive'.padStart(10)}`,
    ...rows,
    `answered by LiteLLM: ${allowed.cells}, the same on Bifrost: ${allowed.same} (${percent(allowed.same, allowed.cells)})`,
    `of the names callers use: ${used.cells}, the same: ${used.same} (${percent(used.same, used.cells)})`,
    `narrower: ${narrower.named} named in the report, ${narrower.unnamed} not`,
    ...lines(figures.narrowerByReason),
    'narrower, by what the report says:',
    ...lines(figures.narrowerByCode),
    `wider, elsewhere or silent without an excuse: ${figures.unexplained}, with one: ${figures.excused}; budgets that do not fill: ${figures.unfilledBudgets}`,
  ].join('\n');
}

function lines(count: Count): string[] {
  const sorted = Object.entries(count).sort(([, a], [, b]) => b - a);
  return sorted.slice(0, 15).map(([label, n]) => `  ${String(n).padStart(6)}  ${label}`);
}

function tally(labels: readonly string[]): Count {
  const count: Record<string, number> = {};
  for (const label of labels) count[label] = (count[label] ?? 0) + 1;
  return count;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

function tokensOf(cells: readonly ExplainedCell[]): Set<string> {
  return new Set(cells.map((cell) => cell.asker.fact.token));
}

function isNamed(cell: ExplainedCell): boolean {
  return cell.codes.length > 0;
}

function isReached(answer: { readonly kind: string }): boolean {
  return answer.kind === 'reached';
}

export function codesOf(remarks: readonly Remark[]): string[] {
  return [...new Set(remarks.map((remark) => remark.code))].sort();
}
