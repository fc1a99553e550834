import * as z from 'zod';
import { count, exitCode, text, textOrNull } from './shapes.js';

const counted = {
  keys: count,
  withoutKey: count.describe('LiteLLM keys without a virtual key on Bifrost'),
  gone: count.describe('Keys of the journal that are not on Bifrost any more'),
  exitCode,
};

const oneFile = z.object({ file: text, ...counted });

const split = z.object({
  folder: text,
  files: z.array(
    z.object({
      file: text,
      team: z.object({ id: text, name: text }).nullable().describe('null = the keys without a team'),
      keys: count,
    }),
  ),
  ...counted,
});

/** The sheet itself: what `--format json` writes, and `--stdout --json` prints. */
const sheet = z.object({
  sheet: z.literal('bifrost-keys'),
  baseUrl: text,
  keys: z.array(
    z.object({
      alias: text,
      owner: text.describe('`team:Platform`, `organization:Acme`, `user:<id>`, or empty'),
      tokenPrefix: text,
      bifrostName: text,
      bifrostId: text,
      value: textOrNull.describe('null = not on Bifrost any more'),
    }),
  ),
});

/** What `migrate keys --json` prints: about the file, about the files, or the sheet with `--stdout`. */
export const KEYS_DOCUMENT = z.union([split, oneFile, sheet]);
