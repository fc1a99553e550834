import { describe, expect, it } from 'vitest';
import { configFields } from './config-fields.js';
import { complaintsAbout, type Field } from './verdicts.js';

const SECTIONS = new Map<string, Field[]>();
for (const field of configFields()) SECTIONS.set(field.of, [...(SECTIONS.get(field.of) ?? []), field]);

describe('every member of config.yaml is mapped, named in a finding, or ignored for a reason', () => {
  it.each([...SECTIONS])('%s', async (_section, fields) => {
    const complaints: string[] = [];
    for (const field of fields) complaints.push(...(await complaintsAbout(field)));
    expect(complaints).toEqual([]);
  });
});
