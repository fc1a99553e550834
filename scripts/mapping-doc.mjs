// The tables of docs/mapping.md, from what the tests of test/coverage found out about every field (test/fixtures/docs/fields.json)
// and from words about those that are carried (mapping-words.json). With --check it changes nothing and exits 1 where the page
// is not as it would be written. After a change: npx vitest run test/docs -u && node scripts/mapping-doc.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path) => readFileSync(join(root, path), 'utf8');

const PAGE = 'docs/mapping.md';
const facts = JSON.parse(read('test/fixtures/docs/fields.json'));
const words = JSON.parse(read('scripts/mapping-words.json'));
const complaints = [];

const code = (text) => `\`${text}\``;
const codesOf = ({ findings }) => [...new Set(findings.map((one) => one.split(' ')[1]))];

/** Rows padded to columns, as prettier writes them. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}

/** `key`: its fields, for each key in order. */
function grouped(entries) {
  const groups = new Map();
  for (const [key, field] of entries) groups.set(key, [...(groups.get(key) ?? []), code(field)]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function carried(section, fields) {
  const rows = fields.map(([field, fact]) => {
    const text = words[section]?.[field];
    if (text === undefined) complaints.push(`no words for ${section} ${field}, which is carried`);
    return [code(field), text ?? '', codesOf(fact).map(code).join(', ')];
  });
  return rows.length === 0 ? [] : ['', ...table([['field', 'becomes', 'with a finding'], ...rows])];
}

function notCarried(fields) {
  const entries = fields.flatMap(([field, fact]) => codesOf(fact).map((one) => [one, field]));
  if (entries.length === 0) return [];
  return ['', 'Not carried as they are, by the finding that says what becomes of them:', '', ...grouped(entries).map(([one, of]) => `- ${code(one)}: ${of.join(', ')}`)]; // prettier-ignore
}

function ignored(fields) {
  if (fields.length === 0) return [];
  // Where the reasons come from is for those who read the tests.
  const entries = fields.map(([field, { ignored: reason }]) => [
    reason.replace(/ \((?:L§|mapping\.md|own test)[^)]*\)/, ''),
    field,
  ]);
  return [
    '',
    'Left out without a word:',
    '',
    ...grouped(entries).map(([reason, of]) => `- ${reason}: ${of.join(', ')}`),
  ];
}

function generated(section) {
  const fields = Object.entries(facts[section] ?? {});
  if (fields.length === 0) complaints.push(`no fields of ${section} are known`);
  for (const [field, { carried: is, findings, ignored: reason }] of fields)
    if (!is && findings.length === 0 && reason === null) complaints.push(`${section} ${field} is silent`);
  return [
    ...carried(section, fields.filter(([, fact]) => fact.carried)),
    ...notCarried(fields.filter(([, { carried: is, findings }]) => !is && findings.length > 0)),
    ...ignored(fields.filter(([, fact]) => fact.ignored !== null)),
  ]; // prettier-ignore
}

const before = read(PAGE);
const named = new Set();
const after = before.replaceAll(/(<!-- fields of ([a-z ]+) -->)[^]*?(<!-- end -->)/g, (_, start, section, end) => {
  named.add(section);
  return `${start}\n${generated(section).join('\n')}\n\n${end}`;
});
for (const section of Object.keys(facts))
  if (!named.has(section)) complaints.push(`${PAGE} has no place for ${section}`);
for (const [section, fields] of Object.entries(words))
  for (const field of Object.keys(fields))
    if (facts[section]?.[field]?.carried !== true)
      complaints.push(`words for ${section} ${field}, which is not carried`);

for (const complaint of complaints) console.error(complaint);
if (process.argv.includes('--check')) {
  if (after !== before) console.error(`${PAGE} is not up to date: node scripts/mapping-doc.mjs`);
  process.exit(after === before && complaints.length === 0 ? 0 : 1);
}
writeFileSync(join(root, PAGE), after);
process.exit(complaints.length === 0 ? 0 : 1);
