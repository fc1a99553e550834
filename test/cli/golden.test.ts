import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureLines, failureOf } from '../../src/commands/failure.js';
import { openDesk, type Desk, type Place } from './desk.js';

/** What a person sees of every verb, on a terminal and in a pipe: one migration of a small world each, told in order. */

type Call = Parameters<Place['call']>;
type Step = readonly [title: string, verb: Call[0], flags?: Call[1]];

const STEPS: readonly Step[] = [
  ['doctor', 'doctor'],
  ['run-dry', 'run', { dryRun: true }],
  ['run', 'run'],
  ['resume', 'resume'],
  ['retry', 'retry', { failed: true }],
  ['status', 'status'],
  ['report', 'report', { format: 'text' }],
  ['keys', 'keys', { out: 'FOLDER/keys.csv' }],
  ['keys-split', 'keys', { split: 'team', out: 'FOLDER/keys' }],
  ['verify', 'verify'],
  ['verify-ask', 'verify', { ask: '12', yes: true, quiet: true }],
  ['rollback-dry', 'rollback', { dryRun: true }],
  ['rollback', 'rollback', { yes: true }],
  ['status-after-rollback', 'status'],
  ['failure', 'verify', { ask: true, yes: true, seed: 'x' }],
];

/** Of a clock that stands still: rates, times left and dates are the same every time. */
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** The streams of one call, in the order a person sees them. */
function screen(isTTY: boolean) {
  let text = '';
  const stream = { isTTY, columns: 100, write: (chunk: string) => ((text += chunk), true) };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

describe.each([
  ['terminal', true],
  ['pipe', false],
] as const)('on a %s', (mode, isTTY) => {
  let place: Place;
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  beforeAll(async () => {
    place = await desk.gateway('1.5.16');
  });

  /** With what differs from one machine and one time to the next taken out. */
  function masked(text: string): string {
    return text
      .replaceAll(place.url, 'BIFROST')
      .replaceAll(place.env['LITELLM_URL'] ?? '', 'LITELLM')
      .replaceAll(place.env['LITELLM_CONFIG'] ?? '', 'CONFIG')
      .replaceAll(place.journal, 'JOURNAL')
      .replaceAll(dirname(place.journal), 'DESK')
      .replaceAll(folder, 'FOLDER')
      .replaceAll(process.versions.node, 'NODE')
      .replace(/[\d.,]+ [KMGT]i?B\b/g, 'SIZE');
  }

  it.each(STEPS.map(([title, verb, flags = {}]) => ({ title, verb, flags })))('$title is golden', async (step) => {
    const { title, verb, flags } = step;
    const { stream, text } = screen(isTTY);
    const given = Object.fromEntries(
      Object.entries(flags).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.replace('FOLDER', folder) : value,
      ]),
    );
    const more = { stdout: stream, stderr: stream, now: () => NOW, random: () => 0.5 };
    const calm = /^(run|resume|retry)$/.test(verb) ? { concurrency: '1' } : {};
    const ending = await place.call(verb, { ...calm, ...given }, more).then(
      (code) => `exit ${code}\n`,
      (error: unknown) => {
        const failure = failureOf(error, {});
        return `${failureLines(failure, false)}exit ${failure.exitCode}\n`;
      },
    );
    // Escapes are seen by whoever reads the file.
    const said = masked(text() + ending)
      .replaceAll('\u001b', '\\e')
      .replaceAll('\r', '\\r');
    expect(said).not.toMatch(/sk-bf-[0-9a-f]/);
    await expect(said).toMatchFileSnapshot(`../fixtures/golden/${mode}/${title}.txt`);
  });
});
