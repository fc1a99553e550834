import { visible } from './visible.js';

/**
 * RFC 4180 quoting; a leading character that makes a spreadsheet calculate, full-width ones included, is disarmed by an
 * apostrophe. Line ends stay, other characters that would act on a terminal or hide are shown as escapes.
 */
export function csvCell(text: string): string {
  const formula = /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text);
  const shown = text.split('\n').map(visible).join('\n');
  const disarmed = formula ? `'${shown}` : shown;
  return /[",\r\n]|^\s|\s$/.test(disarmed) ? `"${disarmed.replaceAll('"', '""')}"` : disarmed;
}
