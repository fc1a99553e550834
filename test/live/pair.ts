import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { judge } from './judgement.js';
import { JUDGE_FLAGS, optionsFrom, splitAtDashes } from './options.js';
import { printVerdicts, verdictCode } from './verdict-text.js';
import { startBifrost, type RunningBifrost } from './bifrost-process.js';
import { writeProtocol } from './protocol.js';

/** An empty Bifrost, the migration twice, the judge, and the gateway is gone again. See README.md. */
const PAIR_FLAGS = {
  ...JUDGE_FLAGS,
  'bifrost-binary': { type: 'string' },
  'bifrost-port': { type: 'string' },
  dir: { type: 'string' },
  catalog: { type: 'string' },
} as const;

async function main(): Promise<number> {
  const { own, rest } = splitAtDashes(process.argv.slice(2));
  const { values } = parseArgs({ args: own, options: PAIR_FLAGS, strict: true });
  const { dir, catalog, 'bifrost-binary': binary, 'bifrost-port': port, ...judging } = values;
  if (dir === undefined || binary === undefined || port === undefined) {
    throw new Error('--bifrost-binary, --bifrost-port and --dir are needed; see test/live/README.md');
  }
  const bifrost = await startBifrost({ binary, port: Number(port), directory: dir, catalog: catalog ?? null });
  const stopNow = () => void bifrost.stop().finally(() => process.exit(130));
  process.once('SIGINT', stopNow).once('SIGTERM', stopNow);
  try {
    return await judgePair(bifrost, { ...judging, journal: judging.journal ?? join(dir, 'migrate.db') }, rest);
  } finally {
    await bifrost.stop();
  }
}

async function judgePair(
  bifrost: RunningBifrost,
  judging: Record<string, string | boolean>,
  rest: readonly string[],
): Promise<number> {
  say(`Bifrost runs as ${bifrost.pid} at ${bifrost.url}`);
  const options = optionsFrom({ ...judging, bifrost: bifrost.url, migrate: true }, rest, process.env);
  const verdicts = await judge(options, say);
  if (options.out !== null) await writeProtocol(options.out, verdicts);
  process.stdout.write(`${printVerdicts(verdicts)}\n`);
  return verdictCode(verdicts);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

process.exitCode = await main();
