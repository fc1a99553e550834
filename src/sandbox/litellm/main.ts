import { parseArgs } from 'node:util';
import { writeConfigFile } from './config-file.js';
import { writeLitellmDatabase } from './database.js';
import { startLitellmSandbox, DEFAULT_MASTER_KEY, DEFAULT_SALT_KEY } from './server.js';
import { isSandboxVersion, SANDBOX_VERSIONS } from './version.js';
import { sandboxWorld, type WorldOptions } from './world.js';

const { values } = parseArgs({
  options: {
    version: { type: 'string', default: '1.109.1' },
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    deployments: { type: 'string' },
    organizations: { type: 'string' },
    teams: { type: 'string' },
    users: { type: 'string' },
    keys: { type: 'string' },
    latency: { type: 'string', default: '0' },
    'config-dir': { type: 'string' },
    'database-url': { type: 'string' },
    'master-key': { type: 'string', default: DEFAULT_MASTER_KEY },
    'salt-key': { type: 'string', default: DEFAULT_SALT_KEY },
  },
});

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} wants a whole number, not "${text}"`);
  return Number(text);
}

function counts(): WorldOptions {
  const names = ['seed', 'deployments', 'organizations', 'teams', 'users', 'keys'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = values[name];
      return text === undefined ? [] : [[name, whole(name, text)]];
    }),
  );
}

const { version } = values;
if (!isSandboxVersion(version))
  throw new Error(`--version wants one of ${SANDBOX_VERSIONS.join(', ')}, not "${version}"`);
const world = sandboxWorld(counts());
if (values['config-dir'] !== undefined) await writeConfigFile(world, values['config-dir']);
if (values['database-url'] !== undefined) {
  await writeLitellmDatabase({ url: values['database-url'], world, version, saltKey: values['salt-key'] });
}
const sandbox = await startLitellmSandbox({
  version,
  world,
  port: whole('port', values.port),
  latencyMs: whole('latency', values.latency),
  masterKey: values['master-key'],
  saltKey: values['salt-key'],
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.close();
  });
}
process.stdout.write(`READY ${sandbox.url}\n`);
