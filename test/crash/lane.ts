import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run as runInProcess } from '../../src/commands/run.js';
import type { CommandContext } from '../../src/commands/command.js';
import type { PersonalityName } from '../../src/sandbox/bifrost/personality.js';
import { spawnBifrostSandbox, type SandboxProcess } from '../../src/sandbox/process.js';
import { PROGRAM, run, type Ended } from '../cli/program.js';

export type LaneOptions = {
  readonly personality: PersonalityName;
  readonly folder: string;
  /** How LiteLLM is reached. */
  readonly litellm: { readonly [variable: string]: string };
  /** Another build of the program; the one of this checkout unless said. */
  readonly program?: string;
  readonly latencyMs?: number;
};

/** Where a run dies; undefined = nowhere. */
export type Life = {
  readonly failpoint?: string;
  readonly count?: string;
  readonly only?: string;
  readonly recreate?: boolean;
};

type Named = { readonly id: string; readonly name?: string; readonly model_name?: string };

/** One gateway in a process of its own with one journal: the place where runs are killed one after the other. */
export class Lane {
  readonly journal: string;
  readonly #options: LaneOptions;
  readonly #gateway: SandboxProcess;

  private constructor(options: LaneOptions, gateway: SandboxProcess) {
    this.#options = options;
    this.#gateway = gateway;
    this.journal = join(options.folder, 'migrate.db');
  }

  static async open(options: LaneOptions): Promise<Lane> {
    mkdirSync(options.folder, { recursive: true });
    const { personality, latencyMs = 0 } = options;
    return new Lane(options, await spawnBifrostSandbox({ personality, latencyMs, env: {} }));
  }

  get url(): string {
    return this.#gateway.url;
  }

  close(): Promise<void> {
    return this.#gateway.stop();
  }

  /** The program itself, in a process of its own. */
  migrate(verb: 'run' | 'resume', { failpoint, count, only, recreate }: Life = {}): Promise<Ended> {
    const { program = PROGRAM } = this.#options;
    const flags = ['--quiet', '--journal', this.journal, ...(only === undefined ? [] : ['--only', only])];
    if (recreate === true) flags.push('--recreate');
    return run(process.execPath, [program, verb, ...flags], {
      env: {
        ...this.#environment(),
        ...(failpoint === undefined ? {} : { MIGRATE_FAILPOINT: failpoint }),
        ...(count === undefined ? {} : { MIGRATE_FAILPOINT_COUNT: count }),
      },
    });
  }

  /** One more run, by the same command but without the price of a process. */
  async runOnceMore(): Promise<void> {
    const silent = { write: () => true, isTTY: false } as unknown as NodeJS.WriteStream;
    const context: CommandContext = {
      flags: { journal: this.journal, quiet: true },
      env: this.#environment(),
      stdout: silent,
      stderr: silent,
      signal: new AbortController().signal,
      toolVersion: '0.0.0',
      now: Date.now,
      random: Math.random,
    };
    await runInProcess(context);
  }

  /** Nothing on the gateway, no journal. */
  async reset(): Promise<void> {
    await this.#ask('POST', 'reset');
    this.#eachFile((file) => rmSync(file, { force: true }));
  }

  /** What is there now, gateway and journal, is what `restore` brings back. */
  async save(): Promise<void> {
    await this.#ask('POST', 'save');
    this.#eachFile((file) => existsSync(file) && copyFileSync(file, `${file}.saved`));
  }

  async restore(): Promise<void> {
    await this.#ask('POST', 'restore');
    this.#eachFile((file) => {
      rmSync(file, { force: true });
      if (existsSync(`${file}.saved`)) copyFileSync(`${file}.saved`, file);
    });
  }

  /** The n-th POST is carried out `ms` after it came. */
  async delay(nth: number, ms: number): Promise<void> {
    const rule = { match: { method: 'POST', pathRegex: '^/api/', nth }, fault: { kind: 'late', ms } };
    await this.#ask('POST', 'faults', [rule]);
  }

  /** Somebody deletes what this list of the gateway has by this name. */
  async erase(list: string, member: string, name: string): Promise<void> {
    const [path = '', query = ''] = `${this.#gateway.url}/api/${list}`.split('?');
    const found = (await (await fetch(`${path}?${query}`)).json()) as { [member: string]: readonly Named[] };
    const id = found[member]?.find((item) => (item.name ?? item.model_name) === name)?.id;
    const answer = await fetch(`${path}/${id ?? ''}`, { method: 'DELETE' });
    if (id === undefined || !answer.ok) throw new Error(`${list} has no ${name} that can be deleted`);
  }

  async writes(): Promise<number> {
    return ((await (await this.#ask('GET', 'stats')).json()) as { writes: number }).writes;
  }

  #environment(): { [variable: string]: string } {
    return { ...this.#options.litellm, BIFROST_URL: this.#gateway.url };
  }

  #eachFile(work: (file: string) => void): void {
    for (const suffix of ['', '-wal', '-shm', '-lock']) work(this.journal + suffix);
  }

  async #ask(method: string, control: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.#gateway.url}/__sandbox/${control}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the sandbox refuses ${control}: ${await answer.text()}`);
    return answer;
  }
}
