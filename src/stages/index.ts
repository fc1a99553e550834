import type { SourceRecord } from '../sources/records.js';
import { models } from './models.js';
import { organizations } from './organizations.js';
import type { Stage } from './plan.js';
import { routing } from './routing.js';
import { teams } from './teams.js';
import { users } from './users.js';
import { virtualKeys } from './virtual-keys.js';

/** The order is the order of dependencies: each stage needs the Bifrost ids of the ones before it. */
export const stages: readonly Stage<SourceRecord>[] = [models, routing, organizations, teams, users, virtualKeys];
