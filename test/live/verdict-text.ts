import { isGrave, passes, printFigures } from './figures.js';
import type { Verdicts } from './judgement.js';

/** How many cells that fail the judgement are printed; the protocol has all of them. */
const SHOWN = 40;

export function printVerdicts(verdicts: Verdicts): string {
  const migrated = verdicts.cells.filter((cell) => cell.asker.bifrostValue !== null);
  const grave = migrated.filter((cell) => isGrave(cell.judgement.verdict) && cell.codes.length === 0);
  const unnamed = migrated.filter((cell) => cell.judgement.verdict === 'narrower' && cell.codes.length === 0);
  const line = (cell: (typeof grave)[number]) =>
    `  ${cell.judgement.verdict} ${cell.asker.label} asks ${cell.name}: ${cell.judgement.reason}`;
  return [
    ...(verdicts.migration?.changedBySecond ?? []).map((name) => `  the second run changed ${name}`),
    printFigures(verdicts.figures),
    ...grave.slice(0, SHOWN).map(line),
    ...verdicts.budgets.map(({ asker }) => `  budget of ${asker.label} does not fill on Bifrost`),
    ...unnamed.slice(0, SHOWN).map(line),
  ].join('\n');
}

/** A second run that changes anything is a failure of its own: what is written must not be written again (mapping.md R2). */
export function verdictCode(verdicts: Verdicts): number {
  return passes(verdicts.figures) && (verdicts.migration?.changedBySecond.length ?? 0) === 0 ? 0 : 1;
}
