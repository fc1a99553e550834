import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything the suites leave behind is in one folder, which is gone when they are done. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-tests-'));
  // As root, PostgreSQL runs as somebody else, who must get to its own folder.
  chmodSync(folder, 0o711);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
