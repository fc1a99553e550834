import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { startBifrostSandbox } from './server.js';
import { BIFROST_SANDBOX_OPTIONS } from './options.js';

/**
 * `node main.js [--personality 1.5.2|1.5.16|enterprise] [--port N] [--latency MS] [--options-stdin]`
 * Prints one line, `READY <url>`, and runs until it gets SIGTERM or SIGINT. With --options-stdin the rest of the options
 * (credentials, environment, seed) comes as JSON on stdin.
 */
const { values } = parseArgs({
  options: {
    personality: { type: 'string' },
    port: { type: 'string' },
    latency: { type: 'string' },
    'options-stdin': { type: 'boolean', default: false },
  },
});
const piped = values['options-stdin'] ? (JSON.parse(await text(process.stdin)) as object) : {};
const options = BIFROST_SANDBOX_OPTIONS.parse({
  ...piped,
  ...(values.personality === undefined ? {} : { personality: values.personality }),
  ...(values.port === undefined ? {} : { port: Number(values.port) }),
  ...(values.latency === undefined ? {} : { latencyMs: Number(values.latency) }),
});
const sandbox = await startBifrostSandbox(options);
const stop = (): void => {
  // Nothing else keeps the process alive.
  void sandbox.close();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.stdout.write(`READY ${sandbox.url}\n`);
