import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Answer } from './answer.js';
import type { ExplainedCell } from './figures.js';
import type { Verdicts } from './judgement.js';

/** Writes all cells for whoever wants to look closer. Credentials are shown as short hashes: enough to tell them apart. */
export async function writeProtocol(file: string, { migration, figures, cells, budgets }: Verdicts): Promise<void> {
  const document = {
    migration,
    figures,
    unfilledBudgets: budgets.map(({ asker, answeredByLitellm, answeredByBifrost }) => ({
      key: asker.label,
      answeredByLitellm,
      answeredByBifrost,
    })),
    cells: cells.map(shownCell),
  };
  await writeFile(file, JSON.stringify(document, null, 1), { mode: 0o600 });
}

function shownCell({ asker, name, scope, judgement, codes, litellm, bifrost }: ExplainedCell) {
  const onBifrost = asker.bifrostValue !== null;
  return {
    key: asker.label,
    name,
    ...judgement,
    codes,
    scope,
    onBifrost,
    litellm: shownAnswers(litellm),
    bifrost: shownAnswers(bifrost),
  };
}

/** Equal answers once, with their number. */
function shownAnswers(answers: readonly Answer[]): string[] {
  const count = new Map<string, number>();
  for (const answer of answers) count.set(shown(answer), (count.get(shown(answer)) ?? 0) + 1);
  return [...count].map(([text, times]) => (times === 1 ? text : `${times} × ${text}`));
}

function shown({ kind, status, type, message, upstream }: Answer): string {
  if (upstream) return `${kind} ${upstream.model} key ${shortHash(upstream.credential)} at ${upstream.path}`;
  return `${kind} ${status} ${type ?? ''} ${(message ?? '').slice(0, 120)}`.trim();
}

function shortHash(credential: string | null): string {
  return credential === null ? 'none' : createHash('sha256').update(credential).digest('hex').slice(0, 8);
}
