import { csvCell } from '../report/csv-cell.js';
import { codeSpan } from '../report/markdown.js';
import { printableJson } from '../report/visible.js';
import type { Secret } from '../secret.js';

/** One virtual key that was written: what its caller had, and what they get. */
export type SheetRow = {
  /** LiteLLM's alias; empty when the key has none. */
  readonly alias: string;
  /** `team:Platform`, `organization:Acme`, `user:<id>`; empty when it belongs to nobody. */
  readonly owner: string;
  /** The first 16 hexadecimal characters of the SHA-256 of the LiteLLM key. */
  readonly tokenPrefix: string;
  readonly bifrostName: string;
  readonly bifrostId: string;
  /** null = not on Bifrost any more. */
  readonly value: Secret | null;
};

/** Yields lines. The values are revealed here and nowhere else. */
export type SheetRenderer = (baseUrl: string, rows: Iterable<SheetRow>) => Iterable<string>;

const COLUMNS = [
  'litellm_alias',
  'owner',
  'litellm_token_prefix',
  'bifrost_name',
  'bifrost_id',
  'new_key',
  'base_url',
] as const;
const TITLE = '# New keys for Bifrost';
const JSON_START = '{\n  "sheet": "bifrost-keys",';

export const SHEETS = { csv: renderCsv, json: renderJson, md: renderMarkdown } as const satisfies Record<
  string,
  SheetRenderer
>;
export type SheetFormat = keyof typeof SHEETS;
export const SHEET_FORMATS = Object.keys(SHEETS) as SheetFormat[];
/** How a sheet of any format begins: what an existing file must look like to be replaced. */
export const SHEET_BEGINNINGS: readonly string[] = [`${COLUMNS.join(',')}\n`, JSON_START, `${TITLE}\n`];

function* renderCsv(baseUrl: string, rows: Iterable<SheetRow>): Iterable<string> {
  yield COLUMNS.join(',');
  for (const row of rows) yield cells(row, baseUrl).map(csvCell).join(',');
}

function* renderJson(baseUrl: string, rows: Iterable<SheetRow>): Iterable<string> {
  yield JSON_START;
  yield `  "baseUrl": ${JSON.stringify(baseUrl)},`;
  yield '  "keys": [';
  let before = '';
  for (const { value, ...row } of rows) {
    if (before !== '') yield `${before},`;
    before = indent(printableJson({ ...row, value: value?.reveal() ?? null }));
  }
  if (before !== '') yield before;
  yield '  ]';
  yield '}';
}

function* renderMarkdown(baseUrl: string, rows: Iterable<SheetRow>): Iterable<string> {
  yield TITLE;
  yield '';
  yield `Base URL: ${codeSpan(baseUrl)}. Base URL and key change; model names stay as they are, but for those the report names.`;
  yield '';
  yield '| LiteLLM key | owner | token hash | Bifrost virtual key | new key |';
  yield '|---|---|---|---|---|';
  for (const { alias, owner, tokenPrefix, bifrostName, value } of rows) {
    const shown = value === null ? 'not on Bifrost any more' : tableCode(value.reveal());
    yield `| ${[alias, owner, tokenPrefix, bifrostName].map(tableCode).join(' | ')} | ${shown} |`;
  }
}

function cells({ alias, owner, tokenPrefix, bifrostName, bifrostId, value }: SheetRow, baseUrl: string): string[] {
  return [alias, owner, tokenPrefix, bifrostName, bifrostId, value?.reveal() ?? '', baseUrl];
}

/** A pipe ends a table cell even inside code. */
function tableCode(text: string): string {
  return text === '' ? '' : codeSpan(text).replaceAll('|', '\\|');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
