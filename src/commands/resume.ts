import { migration } from './migration.js';
import type { Command } from './command.js';

/** Finishes the interrupted run; a finished one is left alone without asking anybody. */
export const resume: Command = (context) => migration(context, 'resume');
