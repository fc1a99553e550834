import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxWorld } from '../../src/sandbox/litellm/world.js';

/** Invented secrets, and where they were seen. */

/** `CANARY-<what for>-<12 hexadecimal digits>`, with whatever a provider wants in front of it. */
const SHAPE = /CANARY-[\w.-]+/g;

/** Every secret of a sandbox world: of deployments, credentials, the environment, metadata, and the LiteLLM keys themselves. */
export function canariesIn(world: SandboxWorld): readonly string[] {
  const keys = Array.from({ length: world.keyCount }, (_, index) => world.key(index));
  const text = JSON.stringify([world, keys, world.deletedKeys, world.groupKeys]);
  return [...new Set(text.match(SHAPE) ?? [])];
}

/** What one leaves behind when it is printed, encoded, or cut off at its front. */
export function tracesOf(canary: string): readonly string[] {
  const bytes = Buffer.from(canary, 'utf8');
  const shifted = [0, 1, 2].map((skip) => {
    const text = bytes.subarray(skip, skip + 3 * Math.floor((bytes.length - skip) / 3)).toString('base64');
    return text.replace(/=+$/, '');
  });
  const tail = /[0-9a-f]{12}$/.exec(canary)?.[0];
  return [
    canary,
    JSON.stringify(canary).slice(1, -1),
    encodeURIComponent(canary),
    bytes.toString('hex'),
    ...shifted,
    ...shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...(tail === undefined ? [] : [tail]),
  ];
}

/** Texts and files by what they are called; the answer names what leaked where. */
export function leaks(
  places: ReadonlyMap<string, string | Buffer>,
  canaries: readonly string[],
): readonly { readonly where: string; readonly canary: string }[] {
  const traces = canaries.map((canary) => ({ canary, needles: [...new Set(tracesOf(canary))] }));
  return [...places].flatMap(([where, content]) => {
    const text = typeof content === 'string' ? content : content.toString('latin1');
    return traces
      .filter(({ needles }) => needles.some((needle) => text.includes(needle)))
      .map(({ canary }) => ({ where, canary }));
  });
}

/** Every file below a folder, by its path in it. */
export function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path)];
    }),
  );
}

/** Files below a folder that somebody else may read or write, with their modes. */
export function exposedIn(folder: string): readonly string[] {
  return [...filesIn(folder).keys()]
    .map((path) => [path, statSync(join(folder, path)).mode & 0o777] as const)
    .filter(([, mode]) => mode !== 0o600)
    .map(([path, mode]) => `${path} ${mode.toString(8)}`);
}
