import { TransportError, type HttpAnswer } from './transport.js';

/**
 * Reads `{"member":[{…},{…}],…}` element by element, so that a list of 26 MB per 10,000 virtual keys (B§8) never stands in
 * memory as a whole, nor its secrets. `each` gets every element of the top-level array `member`, parsed, in order; the
 * result is the rest of the object, with the array left out. Throws TransportError when the answer is cut off or no JSON.
 */
export async function readElements(
  answer: HttpAnswer,
  member: string,
  each: (element: unknown) => void,
): Promise<Record<string, unknown>> {
  const splitter = createSplitter(member, each);
  try {
    for await (const chunk of answer.body) splitter.push(chunk);
    return splitter.end();
  } catch (error) {
    answer.discard();
    throw error;
  }
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET, COMMA] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c,
];

/** Bytes of JSON structure are ASCII and never part of a longer UTF-8 sequence, so bytes can be scanned without decoding. */
function createSplitter(member: string, each: (element: unknown) => void) {
  const decoder = () => new TextDecoder('utf-8', { fatal: false });
  const wanted = new RegExp(`"${member}"\\s*:\\s*$`);
  let outside = '';
  let element: Uint8Array[] = [];
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** Depth of the array's elements while inside it, else 0. */
  let inside = 0;
  let outsideDecoder = decoder();

  function push(chunk: Uint8Array): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
        continue;
      }
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth += 1;
        if (inside === 0 && byte === OPEN_BRACKET && depth === 2) {
          outside += outsideDecoder.decode(chunk.subarray(start, at), { stream: true });
          start = at;
          if (wanted.test(outside)) {
            outside += '[';
            inside = 2;
            start = at + 1;
          }
        }
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth -= 1;
        if (inside !== 0 && depth < inside) {
          element.push(chunk.subarray(start, at));
          flush();
          inside = 0;
          start = at;
          outsideDecoder = decoder();
        }
      } else if (byte === COMMA && inside !== 0 && depth === inside) {
        element.push(chunk.subarray(start, at));
        flush();
        start = at + 1;
      }
    }
    const rest = chunk.subarray(start);
    if (inside === 0) outside += outsideDecoder.decode(rest, { stream: true });
    else element.push(rest.slice());
  }

  function flush(): void {
    const text = decoder().decode(Buffer.concat(element)).trim();
    element = [];
    if (text !== '') each(parse(text));
  }

  function end(): Record<string, unknown> {
    const rest = parse(outside);
    if (typeof rest !== 'object' || rest === null) throw cutOff(null);
    return rest as Record<string, unknown>;
  }

  return { push, end };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw cutOff(error);
  }
}

function cutOff(cause: unknown): TransportError {
  // The cause of a JSON error quotes the text, which may hold a secret: only its kind is kept.
  const kind = cause instanceof Error ? cause.name : 'no object';
  return new TransportError(`the answer is not complete JSON (${kind})`, true, { cause: kind });
}
