import { expect } from 'vitest';
import { MigrateError } from '../../src/errors.js';
import { canonical } from '../../src/engine/canonical.js';
import { observe, type Observation } from '../observation.js';
import { readMemory, type MemoryLitellm } from '../memory-litellm.js';

/** Inputs of all suites of this folder together; each suite says how many of them are its own. */
export const INPUTS = { yaml: 1_500, api: 2_500, rows: 3_000, ciphertexts: 3_000 } as const;

/** The seed of a run, printed with the shrunk case when it fails; SEED=… chooses another. */
export function runs(count: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: count, seed: Number(process.env.SEED ?? 20_260_501) };
}

/** What reading and planning came to: everything planned, or one clean refusal. Anything else is thrown on. */
export async function outcomeOf(litellm: MemoryLitellm): Promise<Observation | MigrateError> {
  const read = await clean(() => readMemory(litellm));
  if (read instanceof MigrateError) return read;
  const observation = observe(read);
  expectSound(observation);
  return observation;
}

/** A MigrateError is an answer; every other exception is a bug. */
export async function clean<T>(work: () => Promise<T>): Promise<T | MigrateError> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MigrateError)) throw error;
    expect(error.message).not.toBe('');
    expect(error.nextStep).not.toBe('');
    return error;
  }
}

/** What the journal and Bifrost are given: records and bodies that JSON can hold, names, findings that say something. */
export function expectSound({ records, source }: Observation): void {
  for (const one of source) expectFinding(one);
  for (const { record, plan } of records) {
    if (record.id === '' || record.name === '') throw new Error(`a ${record.kind} without id or name`);
    canonical(record);
    plan.findings.forEach(expectFinding);
    if (plan.outcome !== 'write') continue;
    for (const write of plan.writes) {
      if (write.name.trim() === '') throw new Error(`a ${write.kind} without a name for ${record.kind} ${record.id}`);
      if (write.action === 'create') expectBody(write.body, write.label);
    }
  }
}

function expectFinding(one: { readonly code: string; readonly message: string; readonly field: string }): void {
  if (!/^[a-z0-9_]+$/.test(one.code) || one.message === '' || typeof one.field !== 'string')
    throw new Error(`a finding that says nothing: ${JSON.stringify(one)}`);
}

/** Numbers are finite, limits above zero (Bifrost refuses others, B§5.2), and nothing is undefined. */
function expectBody(value: unknown, where: string, member = ''): void {
  if (value === undefined) throw new Error(`${where}: ${member} is undefined`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${where}: ${member} is ${value}`);
  if (/_max_limit$|^max_limit$/.test(member) && !(typeof value === 'number' && value > 0))
    throw new Error(`${where}: ${member} is ${JSON.stringify(value)}`);
  if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) expectBody(inner, where, name);
}
