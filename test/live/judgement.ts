import { readFile } from 'node:fs/promises';
import { bifrostAsker, litellmAsker, type Ask } from './ask.js';
import { budgetsWithoutExcuse, unfilledBudgets, type UnfilledBudget } from './budgets.js';
import { codesOf, isGrave, sumUp, type ExplainedCell, type Figures } from './figures.js';
import { excusing, explaining, readRemarks, type Remark } from './remarks.js';
import {
  fetchRemarks,
  fetchSheet,
  readSheet,
  runTwice,
  valueFor,
  type Migration,
  type Program,
  type SheetLine,
} from './migration.js';
import { interview, type Asker } from './interview.js';
import { judgeAll, type JudgedCell } from './verdicts.js';
import { namesToAsk } from './names.js';
import { parseJson, type Answer } from './answer.js';
import { readFacts } from './litellm-facts-reader.js';
import { bifrostReader, readBifrost, type BifrostFacts } from './bifrost-facts.js';
import { readSeed, type JudgeOptions, type SeededKey } from './options.js';
import type { Facts } from './litellm-facts.js';

export type Verdicts = {
  readonly migration: Migration | null;
  readonly figures: Figures;
  readonly cells: readonly ExplainedCell[];
  readonly budgets: readonly UnfilledBudget[];
};

export type Say = (line: string) => void;

/** The whole judgement: migrate if asked to, let every key ask every name on both gateways, compare, explain. */
export async function judge(options: JudgeOptions, say: Say): Promise<Verdicts> {
  const program = programOf(options);
  const read = bifrostReader(options.bifrostUrl, options.bifrostKey);
  const migration = options.migrate ? await runTwice(program, read) : null;
  if (migration) say(storyOf(migration));
  const sheet = options.keysFile === null ? await fetchSheet(program) : readSheet(await readJson(options.keysFile));
  const remarks =
    options.reportFile === null ? await fetchRemarks(program) : readRemarks(await readJson(options.reportFile));
  const end = {
    url: options.litellmUrl,
    masterKey: options.masterKey,
    databaseUrl: options.databaseUrl,
    configFile: options.configFile,
  };
  const facts = await readFacts(end);
  const { cells, used } = await ask(options, facts, sheet, await readBifrost(read), say);
  const explained = cells.map((cell) => withCodes(cell, remarks, facts));
  const budgets = budgetsWithoutExcuse(unfilledBudgets(cells), remarks);
  return { migration, figures: sumUp(explained, budgets, used), cells: explained, budgets };
}

function storyOf({ first, second, changedBySecond }: Migration): string {
  const sent = `run sent ${first.writesSent} writes in ${first.seconds.toFixed(1)} s, the second one ${second.writesSent}`;
  return `${sent}, which changed ${changedBySecond.length} objects`;
}

async function ask(
  options: JudgeOptions,
  facts: Facts,
  sheet: readonly SheetLine[],
  bifrost: BifrostFacts,
  say: Say,
): Promise<{ readonly cells: JudgedCell[]; readonly used: readonly string[] }> {
  const names = options.onlyNames
    ? { used: options.onlyNames, probes: [] }
    : namesToAsk(facts, bifrost.providers, options.moreNames);
  const seed = (await readSeed(options.seedFile)).filter(({ label }) => options.onlyKeys?.includes(label) ?? true);
  const askers = seed.flatMap((key) => askerOf(key, facts, sheet, bifrost) ?? []);
  const askLitellm = litellmAsker(options.litellmUrl);
  say(
    `${askers.length} keys (${askers.filter((asker) => asker.bifrostValue !== null).length} on Bifrost) ask ${names.used.length} names and ${Math.min(options.probes, names.probes.length)} of ${names.probes.length} probes each`,
  );
  const global = await askAsMaster(options, askLitellm, facts, names.used);
  const observations = await interview({
    facts,
    askers,
    names,
    askLitellm,
    askBifrost: [bifrostAsker(options.bifrostUrl, '/litellm'), bifrostAsker(options.bifrostUrl, '')],
    draws: options.draws,
    probes: options.probes,
    concurrency: options.concurrency,
    onProgress: (done, total) => {
      if (done % 500 === 0) say(`${done} of ${total} cells asked`);
    },
  });
  return { cells: judgeAll(observations, facts, global, bifrost.providers), used: names.used };
}

/** The master key draws often: it may call everything, so it shows every member of a group. */
const MASTER_DRAWS = 40;

async function askAsMaster(options: JudgeOptions, askLitellm: Ask, facts: Facts, names: readonly string[]) {
  const several = (name: string) =>
    facts.deployments.filter((deployment) => deployment.publicName === (facts.groupAliases[name] ?? name)).length > 1;
  const answers = new Map<string, readonly Answer[]>();
  for (const name of names) {
    const drawn: Answer[] = [];
    const draws = several(name) ? MASTER_DRAWS : 1;
    while (drawn.length < draws) drawn.push(await askLitellm(options.masterKey, name));
    answers.set(name, drawn);
  }
  return answers;
}

/** A seeded key with its new value when it is on the sheet; null when LiteLLM does not have it any more. */
function askerOf(seed: SeededKey, facts: Facts, sheet: readonly SheetLine[], bifrost: BifrostFacts): Asker | null {
  const fact = facts.keys.get(seed.token);
  const bifrostValue = valueFor(sheet, seed.token);
  const inactive = bifrostValue !== null && bifrost.inactive.has(bifrostValue);
  return fact === undefined ? null : { label: seed.label, fact, litellmKey: seed.key, bifrostValue, inactive };
}

function withCodes(cell: JudgedCell, remarks: readonly Remark[], facts: Facts): ExplainedCell {
  const { verdict } = cell.judgement;
  if (isGrave(verdict)) return { ...cell, codes: codesOf(excusing(remarks, cell, facts)) };
  return { ...cell, codes: verdict === 'narrower' ? codesOf(explaining(remarks, cell, facts)) : [] };
}

function programOf(options: JudgeOptions): Program {
  return {
    entry: options.program,
    journal: options.journal,
    runFlags: options.runFlags,
    environment: {
      LITELLM_URL: options.litellmUrl,
      LITELLM_MASTER_KEY: options.masterKey,
      LITELLM_SALT_KEY: options.saltKey,
      LITELLM_DB_URL: options.databaseUrl,
      ...(options.configFile === null ? {} : { LITELLM_CONFIG: options.configFile }),
      BIFROST_URL: options.bifrostUrl,
      ...(options.bifrostKey === null ? {} : { BIFROST_API_KEY: options.bifrostKey }),
    },
  };
}

async function readJson(file: string): Promise<unknown> {
  return parseJson(await readFile(file, 'utf8'));
}
