import { judge } from './judgement.js';
import { printVerdicts, verdictCode } from './verdict-text.js';
import { readOptions } from './options.js';
import { writeProtocol } from './protocol.js';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  const verdicts = await judge(options, (line) => process.stderr.write(`${line}\n`));
  if (options.out !== null) await writeProtocol(options.out, verdicts);
  process.stdout.write(`${printVerdicts(verdicts)}\n`);
  process.exitCode = verdictCode(verdicts);
}

await main();
