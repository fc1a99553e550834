import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const PREFIX = 'migrate-tests-';

/** Everything the suites leave behind is in one folder, which is gone when they are done. */
export default function setup(): () => void {
  // Asked for once by each project; sockets have short names, so folders in folders will not do.
  if (basename(tmpdir()).startsWith(PREFIX)) return () => undefined;
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  // As root, PostgreSQL runs as somebody else, who must get to its own folder.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
