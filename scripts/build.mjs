// src/ → dist/: compile, copy data files beside the code, make the command executable.
import { chmodSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './ready.mjs';

const status = run('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
if (status !== 0) process.exit(status);
for (const entry of readdirSync(join(root, 'src'), { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || entry.name.endsWith('.ts')) continue;
  const from = join(entry.parentPath ?? entry.path, entry.name);
  cpSync(from, join(root, 'dist', from.slice(join(root, 'src').length + 1)));
}
chmodSync(join(root, 'dist', 'cli.js'), 0o755);
