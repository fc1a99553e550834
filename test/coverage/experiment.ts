import type { Finding } from '../../src/findings.js';
import { observe, findingsOf, type Observation } from '../observation.js';
import { readMemory, type MemoryLitellm } from '../memory-litellm.js';
import type { ContextParts } from '../factories.js';

/** What became of one changed field. */
export type Verdict =
  /** What is written, or whether, is different: a body, a name, an owner, a limit, a skip. */
  | 'mapped'
  /** A finding that was not there before names it. */
  | 'found'
  /** A finding that was not there before, which does not say what it is about. */
  | 'unnamed'
  | 'silent';

export type Baseline = { readonly observation: Observation; readonly writes: string; readonly findings: Set<string> };

export async function baselineOf(litellm: MemoryLitellm, parts: ContextParts = {}): Promise<Baseline> {
  const observation = observe(await readMemory(litellm), parts);
  return {
    observation,
    writes: writesOf(observation),
    findings: new Set(findingsOf(observation).map((one) => JSON.stringify(one))),
  };
}

/** Reads and plans both worlds and compares; `field` may be a path like `metadata.tags`. */
export async function experiment(
  field: string,
  before: MemoryLitellm | Baseline,
  after: MemoryLitellm,
  parts: ContextParts = {},
): Promise<Verdict> {
  const baseline = 'observation' in before ? before : await baselineOf(before, parts);
  const observation = observe(await readMemory(after), parts);
  if (writesOf(observation) !== baseline.writes) return 'mapped';
  const fresh = findingsOf(observation).filter((one) => !baseline.findings.has(JSON.stringify(one)));
  if (fresh.length === 0) return 'silent';
  return fresh.some((one) => names(one, field)) ? 'found' : 'unnamed';
}

/** Members the management API has under another name than the database; the findings use the database's. */
const CALLED: { readonly [name: string]: string } = { org_id: 'organization_id', default_fallbacks: 'fallbacks' };

/** The finding is about the field: the last segment of the path, as a word of its field or sentence. */
export function names(one: Finding, field: string): boolean {
  const last =
    field
      .split(/[.[\]]+/)
      .filter(Boolean)
      .at(-1) ?? field;
  const name = CALLED[last] ?? last;
  return new RegExp(`(^|[^A-Za-z0-9_-])${escaped(name)}($|[^A-Za-z0-9_-])`).test(`${one.field} ${one.message}`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}

/** Everything but the findings; functions are left out by JSON. */
export function writesOf({ records }: Observation): string {
  return JSON.stringify(
    records.map(({ record, plan }) => {
      const { findings: _findings, ...rest } = plan;
      return [record.kind, record.id, rest];
    }),
  );
}
