import { MigrateError } from '../../errors.js';
import { fail, ok, type Found } from './check.js';

const OLDEST_NODE = [20, 19] as const;

/** @param version e.g. `20.19.4` */
export function checkNode(version: string): Found {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return ok('node', version);
  const wanted = OLDEST_NODE.join('.');
  return fail(
    'node',
    new MigrateError('usage', `Node.js ${version} is too old`, `Install Node.js ${wanted} or newer.`),
  );
}
