import { DOCUMENTS, schemaOf, type DocumentName } from './documents.js';
import { printableJson } from '../report/visible.js';
import type { Command } from './command.js';

/** Verbs that print the document of another. */
const SAME: { readonly [verb: string]: DocumentName } = { resume: 'run', retry: 'run' };

/** The JSON Schema of what a verb prints with --json; without a name the names there are. */
export const schema: Command = ({ argument, stdout }) => {
  if (argument === undefined) {
    for (const [name, { title }] of Object.entries(DOCUMENTS)) stdout.write(`${name.padEnd(9)} ${title}\n`);
    return Promise.resolve(0);
  }
  // readArguments lets nothing else through.
  stdout.write(`${printableJson(schemaOf(SAME[argument] ?? (argument as DocumentName)))}\n`);
  return Promise.resolve(0);
};
