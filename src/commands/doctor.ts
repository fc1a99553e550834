import {
  CHECK_TITLES,
  DOCTOR_DOCUMENT,
  type Check,
  type DoctorDocument,
  type Found,
  type Status,
} from './doctor/check.js';
import { commandLine } from './command-line.js';
import { checkNode } from './doctor/node.js';
import { failureOf } from './failure.js';
import { painter, type Color, type Paint } from './colors.js';
import { printableJson, visible } from '../report/visible.js';
import type { Command, CommandContext } from './command.js';

/** Looks at everything a run needs, and writes nothing anywhere. Each line as soon as it is known. */
export const doctor: Command = async (context) => {
  const { flags, env, stdout } = context;
  const json = flags['json'] === true;
  const paint = painter(stdout, env);
  const checks: Check[] = [];
  const codes: number[] = [];
  for await (const found of examined(context)) {
    const check = checkOf(found, env);
    checks.push(check);
    if (found.status === 'fail') codes.push(found.error.exitCode);
    if (!json) stdout.write(`${line(check, paint)}\n`);
  }
  const exitCode = worstOf(codes);
  const next = nextOf(exitCode, context);
  if (json) {
    const document = { command: 'doctor', format: 1, exitCode, next, checks } satisfies DoctorDocument;
    stdout.write(`${printableJson(DOCTOR_DOCUMENT.parse(document))}\n`);
    return exitCode;
  }
  stdout.write(`\n${tally(checks)}\nnext: ${paint('bold', next)}  (${WHY[exitCode === 0 ? 'well' : 'ill']})\n`);
  return exitCode;
};

/** What speaks to both ends takes a moment to load: a person sees the first line before that. */
async function* examined(context: CommandContext): AsyncGenerator<Found, void> {
  yield checkNode(process.versions.node);
  const { examine } = await import('./doctor/examine.js');
  yield* examine(context);
}

function checkOf(found: Found, env: CommandContext['env']): Check {
  const { id, status } = found;
  const said = found.status === 'fail' ? failureOf(found.error, env) : { message: found.detail, nextStep: found.next };
  const sentence = (text: string): string => text.trim().replace(/\.$/, '');
  return {
    id,
    status,
    title: CHECK_TITLES[id],
    detail: sentence(said.message),
    next: said.nextStep === null ? null : sentence(said.nextStep),
  };
}

const COLORS: { readonly [S in Status]: Color } = { ok: 'green', warn: 'yellow', fail: 'red', skip: 'dim' };

function line({ status, title, detail, next }: Check, paint: Paint): string {
  const said = `${paint(COLORS[status], status.padEnd(4))} ${visible(title)}: ${visible(detail)}`;
  return next === null ? said : `${said}; ${paint('bold', 'next:')} ${visible(next)}`;
}

function tally(checks: readonly Check[]): string {
  const words = { ok: 'ok', warn: 'warned of', fail: 'failed', skip: 'skipped' } as const;
  return (Object.keys(words) as Status[])
    .map((status) => `${checks.filter((check) => check.status === status).length} ${words[status]}`)
    .join(', ');
}

/** What a person has to repair comes before what may pass by itself. */
const WORST_FIRST = [2, 4, 10, 11, 5] as const;

function worstOf(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? Math.max(0, ...codes);
}

const WHY = { well: 'plans everything and sends nothing but GETs', ill: 'when what failed is repaired' } as const;

function nextOf(exitCode: number, { flags }: CommandContext): string {
  return exitCode === 0 ? `${commandLine('run', flags)} --dry-run` : commandLine('doctor', flags);
}
