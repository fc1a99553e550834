import { setFlagsFromString } from 'node:v8';

/** Node versions whose V8 has the flag; another one would complain on stderr. */
const KNOWN_UP_TO = 24;

/**
 * Keeps V8's young generation at its first size. Reading and writing 20,000 keys makes garbage by the hundred megabytes of
 * which next to nothing lives: a young generation that grows to its 32 MB only carries more of it into the old one. Costs
 * about 2 % of time and saves a fifth of the peak memory (measured with 20,000 keys).
 */
export function keepYoungGenerationSmall(): void {
  if (Number.parseInt(process.versions.node, 10) <= KNOWN_UP_TO) setFlagsFromString('--semi-space-growth-factor=1');
}
