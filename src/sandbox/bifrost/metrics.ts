import { plainText, type Reply } from './reply.js';

const started = (Date.now() / 1000 - process.uptime()).toFixed(2);

/** Both real gateways serve Prometheus metrics; all a writer needs of them is when the process started. */
export function metrics(): Reply {
  return plainText(200, `# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds ${started}\n`);
}
