import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnsOf, TABLES, type TableName } from '../../src/sandbox/litellm/schema.js';
import { CHECKS, MAY_BE_ABSENT, recordingsOf, SKIPPED, TRIMMED, type Recording } from './litellm-recordings.js';
import { openTarget, targetVersions, type Reply, type Target } from './litellm-target.js';
import { differences, shapeOf, type Rules } from './shapes.js';

/** Members that hold the operator's own data. */
const FREE = [
  /\.(metadata|aliases|model_aliases|config|permissions|model_spend|model_max_budget|budget_fallbacks)$/,
  /(^|\.keys\[\]|\.teams\[\]|\.team_info|\.info|^\[\])\.router_settings$/,
  /\.(fallbacks|context_window_fallbacks|content_policy_fallbacks)\[\]$/,
  /\.model_group_alias$/,
  /\.field_(value|default)(\[\])?$/,
  /\.options$/,
  /\.extra_headers$/,
  /\.model_rpm_limit$/,
  /\.paths$/,
];

const OPEN = [
  /\.litellm_params$/,
  /\.model_info$/,
  /\.credential_values$/,
  /\.credential_info$/,
  /\.default_litellm_params$/,
];

/** Relations that are null where there is nothing to join. */
const RELATIONS = [
  'litellm_budget_table',
  'litellm_model_table',
  'created_by_user',
  'caller_membership',
  'link',
  'options',
];

/** A column without NOT NULL may be null, whatever the recorded rows happened to hold. */
const NULLABLE = new Set(RELATIONS);
for (const table of Object.keys(TABLES) as TableName[]) {
  for (const [column, definition] of columnsOf(table, '1.109.1')) {
    if (!definition.includes('NOT NULL')) NULLABLE.add(column);
  }
}

const RULES: Rules = {
  free: FREE,
  open: OPEN,
  nullable: (path) => NULLABLE.has(path.slice(path.lastIndexOf('.') + 1)),
  sample: false,
  trimmed: TRIMMED,
};

for (const version of await targetVersions()) {
  const recordings = recordingsOf(version);
  describe(`a recorded exchange with LiteLLM ${version}`, () => {
    let target: Target;
    beforeAll(async () => {
      target = await openTarget(version);
    });
    afterAll(() => target.close());

    it('is checked in some way or left out with a reason', () => {
      const unknown = [...recordings.keys()].filter((name) => !CHECKS.has(name) && !SKIPPED.has(name));
      expect(unknown).toEqual([]);
    });

    for (const [name, recording] of recordings) {
      const check = CHECKS.get(name);
      if (check === undefined) continue;
      it(`${name} is answered alike`, async (context) => {
        const reply = await target.replay(recording);
        if (reply === null) return context.skip(`no key for ${recording.request.as}`);
        if (target.live && recording.response.status === 200 && reply.status === 404 && MAY_BE_ABSENT.includes(name))
          return context.skip('not installed there');
        compare(recording, reply, check);
      });
    }
  });
}

function compare(recording: Recording, reply: Reply, check: string): void {
  const { status, contentType, body } = recording.response;
  expect(reply.status).toBe(status);
  expect(reply.contentType).toBe(contentType);
  if (check === 'refusal' || status >= 400) expect(neutral(reply.body)).toEqual(neutral(body));
  else if (check === 'exact') expect(reply.body).toEqual(body);
  else
    expect(differences(shapeOf(body, FREE), shapeOf(reply.body, FREE), { ...RULES, sample: check === 'open' })).toEqual(
      [],
    );
}

/** Makes equal what cannot be: hashes, times, ends of keys, ids of callers. */
function neutral(body: unknown): unknown {
  const text = JSON.stringify(body)
    .replace(/[0-9a-f]{64}/g, '<hash>')
    .replace(/\d{4}-\d\d-\d\d[ T][\d:.]+(\+00:00|Z)?/g, '<time>')
    .replace(/sk-\.\.\.[\w-]{1,4}/g, 'sk-...<end>')
    .replace(/Received=[^,]{4}\*{4}[^,]{4},/g, 'Received=<masked>,');
  return JSON.parse(text) as unknown;
}
