import { migration } from './migration.js';
import type { Command } from './command.js';

/** Everything outstanding: new, in doubt, pending, failed, skipped whose reason is gone, incomplete (mapping.md R1). */
export const run: Command = (context) => migration(context, 'run');
