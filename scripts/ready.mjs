// Makes a checkout ready to run: installs dependencies and builds, each only when something changed since the last time.
// Uses nothing but Node itself, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the checkout with its output shown; returns its exit code. */
export function run(command, args, env = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

function digest(paths) {
  const hash = createHash('sha256').update(process.version);
  for (const path of paths) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest('hex');
}

function files(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .sort();
}

function unlessDone(stamp, wanted, present, work) {
  const path = join(root, stamp);
  if (present && existsSync(path) && readFileSync(path, 'utf8') === wanted) return;
  work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, wanted);
}

/** Installs from the lock file and builds dist/ from src/, where that is not done yet. Ends the process when it fails. */
export function makeReady() {
  unlessDone(
    'node_modules/.ready',
    digest(['package.json', 'package-lock.json']),
    existsSync(join(root, 'node_modules')),
    () => {
      console.error('installing dependencies (once)');
      if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) process.exit(1);
    },
  );
  const sources = [...files('src'), 'scripts/build.mjs', 'package.json', 'package-lock.json'];
  unlessDone('dist/.ready', digest(sources), existsSync(join(root, 'dist')), () => {
    console.error('building (when sources changed)');
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    if (run('node', ['scripts/build.mjs']) !== 0) process.exit(1);
  });
}
