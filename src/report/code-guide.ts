import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.js';

/** What a code of a report means, and what to do about it: the table of docs/findings.md, which the package carries. */
export type CodeGuide = ReadonlyMap<string, { readonly means: string; readonly todo: string }>;

/** What reports say of records without a code of their own. */
const STANDING = [
  ['incomplete', { means: 'Written, and something is still missing', todo: 'Run again when what is named is there.' }],
  ['not_started', { means: 'Read, and not worked on yet', todo: 'Type `migrate resume`.' }],
] as const;

const PAGE = join(PACKAGE_ROOT, 'docs', 'findings.md');

/** Empty when the page was removed from the package: codes stand alone then, with the sentence of each finding. */
export function readCodeGuide(): CodeGuide {
  const rows = [...pageText().matchAll(/^\| `([a-z_]+)` +\| [a-z, ]+? +\| (.+?) +\| (.*?) +\|$/gm)];
  return new Map([
    ...STANDING,
    ...rows.map(([, code = '', means = '', todo = '']) => [code, { means, todo }] as const),
  ]);
}

function pageText(): string {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return '';
  }
}
