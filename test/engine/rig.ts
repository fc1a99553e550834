import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent, RunSummary } from '../../src/engine/events.js';
import { migrate, type MigrateOptions } from '../../src/engine/run.js';
import { openJournal } from '../../src/journal/open.js';
import type { Journal } from '../../src/journal/journal.js';
import type { Catalog } from '../../src/mapping/catalog.js';
import type { Capabilities } from '../../src/target/target.js';
import { FakeTarget } from './fake-target.js';
import { toyStages } from './toy-stages.js';
import { VirtualClock } from './virtual-clock.js';
import { FakeSource, settingsWith, type Contents } from './world.js';

/** A journal file, a gateway in memory, and a clock of their own; runs start as processes do, by opening the journal. */
export class Rig {
  readonly folder = mkdtempSync(join(tmpdir(), 'engine-'));
  readonly path = join(this.folder, 'migrate.db');
  readonly clock: VirtualClock;
  readonly target: FakeTarget;
  readonly events: RunEvent[] = [];
  contents: Contents;
  journal: Journal | null = null;

  constructor(contents: Contents, capabilities: Partial<Capabilities> = {}, seed = 1) {
    this.contents = contents;
    this.clock = new VirtualClock(seed);
    this.target = new FakeTarget(this.clock, capabilities);
  }

  open(): Journal {
    this.journal?.close();
    this.journal = openJournal(this.path, { create: true, now: this.clock.now, toolVersion: '0.1.0' });
    return this.journal;
  }

  async run(more: Partial<MigrateOptions> = {}): Promise<RunSummary> {
    const journal = more.journal ?? this.open();
    const source = new FakeSource(this.contents);
    return migrate({
      journal,
      source,
      target: this.target,
      settings: settingsWith(),
      stages: toyStages,
      buildCatalog: () => ({}) as Catalog,
      listener: (event) => this.events.push(event),
      signal: new AbortController().signal,
      now: this.clock.now,
      random: this.clock.random,
      sleep: this.clock.sleep,
      mode: 'run',
      ...more,
    });
  }

  /** Rows of the journal, read on the open connection. */
  rows(sql: string): Record<string, unknown>[] {
    return (this.journal ?? this.open()).db.prepare(sql).all() as Record<string, unknown>[];
  }

  close(): void {
    this.journal?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
