// schemas/*.schema.json from the shapes the program checks its output with. Run after a build.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ready.mjs';
import { DOCUMENTS, schemaOf } from '../dist/commands/documents.js';

mkdirSync(join(root, 'schemas'), { recursive: true });
for (const name of Object.keys(DOCUMENTS))
  writeFileSync(join(root, 'schemas', `${name}.schema.json`), `${JSON.stringify(schemaOf(name), null, 2)}\n`);
