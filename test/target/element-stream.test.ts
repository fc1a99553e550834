import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElements } from '../../src/target/element-stream.js';
import { TransportError, type HttpAnswer } from '../../src/target/transport.js';

function answer(chunks: readonly Uint8Array[]): HttpAnswer {
  const body = (async function* () {
    yield* chunks;
  })();
  return { status: 200, header: () => undefined, setCookies: [], body, discard: () => undefined };
}

async function split(bytes: Uint8Array, size: number, member = 'rows') {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  const rows: unknown[] = [];
  const rest = await readElements(answer(chunks), member, (row) => rows.push(row));
  return { rows, rest };
}

const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('a list read element by element', () => {
  it('is what JSON.parse reads, however it is cut into chunks', async () => {
    const row = fc.oneof(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 4 }),
      fc.jsonValue(),
    );
    const document = fc.record({
      count: fc.integer(),
      before: fc.jsonValue(),
      rows: fc.array(row, { maxLength: 6 }),
      after: fc.oneof(fc.constant([{ rows: [1, 2] }, ']', '"rows":[']), fc.jsonValue()),
    });
    await fc.assert(
      fc.asyncProperty(
        document,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 2),
        async (value, size, indent) => {
          const text = JSON.stringify(value, null, indent);
          const read = await split(bytes(text), size);
          const whole = JSON.parse(text) as typeof value;
          expect(read.rows).toEqual(whole.rows);
          expect(read.rest).toEqual({ ...whole, rows: [] });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('may be null or missing', async () => {
    expect(await split(bytes('{"rows":null,"count":0}'), 5)).toEqual({ rows: [], rest: { rows: null, count: 0 } });
    expect(await split(bytes('{"count":0}'), 5)).toEqual({ rows: [], rest: { count: 0 } });
  });

  it('takes only the member of the top level', async () => {
    const text = '{"other":{"rows":[9]},"rows2":[8],"rows":[{"rows":[1,{"x":"]"}]}]}';
    expect((await split(bytes(text), 3)).rows).toEqual([{ rows: [1, { x: ']' }] }]);
  });

  it('reads invalid UTF-8 leniently', async () => {
    const text = Buffer.concat([bytes('{"rows":[{"v":"s'), Buffer.from([0xc3, 0xa4, 0xc3]), bytes('***"}]}')]);
    expect((await split(text, 1)).rows).toEqual([{ v: 'sä\ufffd***' }]);
  });

  it('says so when it is cut off anywhere', async () => {
    const text = '{"count":2,"rows":[{"a":"x,]}"},{"b":[1]}],"total":2}';
    for (let length = 0; length < text.length; length += 1) {
      await expect(split(bytes(text.slice(0, length)), 7)).rejects.toBeInstanceOf(TransportError);
    }
  });

  it('keeps no part of a garbled answer in its error', async () => {
    const error = await split(bytes('{"rows":[{"value":"sk-bf-canary" oops}]}'), 9).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransportError);
    expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain('canary');
  });
});
