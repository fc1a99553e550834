import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of this package, with its migrations and pages: from the sources and from any file of the built program, which
 * stands wherever the bundler puts it.
 */
export const PACKAGE_ROOT = nearest(dirname(fileURLToPath(import.meta.url)));

function nearest(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('This copy of the package is damaged: it has no package.json.');
  return nearest(above);
}
