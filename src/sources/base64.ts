const VALUES = new Map([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((c, i) => [c, i]));

/**
 * Base64 the way Python's `urlsafe_b64decode` reads it, because LiteLLM's decryption starts there (L§2.4): both alphabets,
 * characters outside of them skipped, padding required, nothing read after it. null = Python would raise.
 */
export function decodePythonBase64(text: string): Buffer | null {
  const bytes: number[] = [];
  let bits = 0;
  let sextets = 0;
  let pads = 0;
  for (const character of text) {
    if (character === '=') {
      if (sextets >= 2 && sextets + ++pads >= 4) return Buffer.from(bytes);
      continue;
    }
    const value = VALUES.get(character === '-' ? '+' : character === '_' ? '/' : character);
    if (value === undefined) continue;
    pads = 0;
    bits = ((bits << 6) | value) & 0xffff;
    if (sextets > 0) bytes.push((bits >> (6 - 2 * sextets)) & 0xff);
    sextets = (sextets + 1) % 4;
  }
  return sextets === 0 ? Buffer.from(bytes) : null;
}
