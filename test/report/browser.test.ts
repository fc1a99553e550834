import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rights } from '../../src/mapping/rights.js';
import { accessMatrix } from '../../src/report/access.js';
import { REPORTS } from '../../src/report/formats.js';
import { renderHtml } from '../../src/report/html.js';
import { buildReport } from '../../src/report/model.js';
import { readStanding } from '../../src/report/read.js';
import { journalFile, type JournalContent } from './journal-file.js';
import { BACKGROUND, FAINT, LEVELS, PUT_IN, UNFOLD } from './in-page.js';
import { HOSTILE, hostileStory, STORY_WITH_ACCESS } from './story.js';

/** The HTML report as a browser shows it. One browser for all; skipped where none is installed. */

const BROWSER = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
if (BROWSER === undefined)
  console.warn('test/report/browser.test.ts is skipped: no Chromium at /usr/bin/chromium, and CHROMIUM names none.');

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const OFFLINE = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

const ROWS = 10_000;

describe.skipIf(BROWSER === undefined)('the HTML report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: BROWSER ?? '', args: [...QUIET, ...OFFLINE] });
    write('story', [...REPORTS.html(new Database(journalFile(STORY_WITH_ACCESS), { readonly: true }))]);
    write('hostile', [...REPORTS.html(new Database(journalFile(hostileStory()), { readonly: true }))]);
    write('large', large());
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(name: string, lines: readonly string[]): void {
    writeFileSync(join(folder, `${name}.html`), lines.join('\n'));
  }

  /** Opens a report; whatever it asks for, says or runs besides is an error. */
  async function open(name: string, options: { width?: number; scheme?: 'light' | 'dark' } = {}): Promise<Opened> {
    const { width = 1280, scheme = 'light' } = options;
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const said: string[] = [];
    const url = pathToFileURL(join(folder, `${name}.html`)).href;
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => said.push(dialog.message()));
    page.on('request', (request) => {
      if (request.url() !== url) said.push(request.url());
    });
    await page.goto(url);
    return { page, said };
  }

  it.each(['story', 'hostile', 'large'])('asks nobody for anything and says nothing: %s', async (name) => {
    const { page, said } = await open(name);
    await page.locator('main').click();
    expect(said).toEqual([]);
    await page.close();
  });

  it('shows hostile names as text, runs none of them, and runs nothing that is put into it', async () => {
    const { page, said } = await open('hostile');
    expect(await page.locator('img, main script, iframe, object, base, form').count()).toBe(0);
    const shown = await page.locator('main').innerText();
    expect(shown).toContain(HOSTILE.slice(0, HOSTILE.indexOf('\u001b')));
    expect(said).toEqual([]);
    await page.evaluate(PUT_IN);
    await expect.poll(() => said.filter((text) => /Content Security Policy/.test(text)).length).toBeGreaterThan(0);
    expect(await page.title()).toBe('Migration report');
    await page.close();
  });

  it('filters ten thousand rows, says how many are hidden, and shows all again', async () => {
    const { page } = await open('large');
    const [box, hint] = [page.getByLabel('Filter losses'), page.locator('#losses output')];
    const visible = (): Promise<number> => page.locator('#losses tr[data-row]:visible').count();
    expect(await hint.textContent()).toBe('10,000 rows');
    expect(await visible()).toBe(0);
    await box.fill('KEY-1234');
    await expect.poll(() => hint.textContent()).toBe('1 of 10,000 rows shown; clear the box to see the rest');
    expect(await visible()).toBe(1);
    expect(await page.locator('#losses details.group:visible').count()).toBe(1);
    await box.fill('no_price_3 key-99');
    await expect.poll(() => hint.textContent()).toMatch(/^1\d of 10,000 rows shown/);
    await box.press('Escape');
    await expect.poll(() => hint.textContent()).toBe('10,000 rows');
    expect(await page.locator('#losses details.group:visible').count()).toBe(10);
    await page.close();
  });

  it('finds a key in the access matrix although its name is folded away', async () => {
    const { page } = await open('large');
    await page.getByLabel('Filter keys and names').fill('app-1234');
    await expect.poll(() => page.locator('#access output').textContent()).toMatch(/^1 of 20 rows shown/);
    const row = page.locator('#access tr[data-row]:visible');
    expect(await row.count()).toBe(1);
    await row.locator('th summary').click();
    expect(await row.innerText()).toMatch(/\bapp-1234\b/);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('can be read in %s: contrast is 4.5 at least', async (scheme) => {
    const { page } = await open('story', { scheme });
    await page.evaluate(UNFOLD);
    expect(await page.evaluate(FAINT)).toEqual([]);
    const background = await page.evaluate<string>(BACKGROUND);
    expect(lightness(background) > 0.5).toBe(scheme === 'light');
    await page.close();
  });

  it('fits a telephone: only tables and the picture scroll sideways', async () => {
    const { page } = await open('story', { width: 390 });
    await page.evaluate(UNFOLD);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await page.close();
  });

  it('has landmarks, headings in order, captions, scopes and labels', async () => {
    const { page } = await open('story');
    const count = (selector: string): Promise<number> => page.locator(selector).count();
    for (const landmark of ['header', 'nav[aria-label]', 'main', 'footer', 'h1']) expect(await count(landmark)).toBe(1);
    expect(await count('th:not([scope])')).toBe(0);
    expect(await count('table')).toBe(await count('table > caption'));
    expect(await count('section:not([aria-labelledby])')).toBe(0);
    expect(await page.locator('svg[role=img] desc').textContent()).toContain('virtual keys created');
    const levels = await page.evaluate<number[]>(LEVELS);
    expect(levels.every((level, at) => level - (levels[at - 1] ?? 0) <= 1)).toBe(true);
    await page.keyboard.press('Tab');
    await expect
      .poll(() =>
        page
          .locator('.skip')
          .boundingBox()
          .then((box) => box?.x),
      )
      .toBe(8);
    await page.close();
  });

  it('prints everything, what is folded up too', async () => {
    const { page } = await open('story', { scheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    const background = await page.evaluate<string>(BACKGROUND);
    expect(background).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(FAINT)).toEqual([]);
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect(await page.locator('details:not([open])').count()).toBe(0);
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    expect(await page.locator('details:not([open])').count()).toBeGreaterThan(0);
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });
});

type Opened = { readonly page: Page; readonly said: string[] };

/** A report of many findings and keys, made without a journal of that size. */
function large(): string[] {
  const standing = readStanding(
    new Database(journalFile({ records: [] } satisfies JournalContent), { readonly: true }),
  );
  const findings = Array.from({ length: ROWS }, (_, at) => ({
    code: `no_price_${at % 10}`,
    severity: 'loss' as const,
    field: 'max_budget',
    message: `No price is known for key-${at}.`,
    record: { kind: 'virtual_key', id: String(at), name: `key-${at}` },
  }));
  const model = buildReport({ ...standing, findings });
  const keys = Array.from({ length: ROWS }, (_, at) => ({
    id: String(at),
    name: `app-${at}`,
    status: 'written' as const,
    rights: `r${at % 20}`,
    inactive: [],
  }));
  const kept = (at: number): Rights => ({
    kept: [{ pattern: null, names: [`m${at}`] }],
    patterns: [],
    lost: [],
    gained: [],
  });
  const rights = new Map(Array.from({ length: 20 }, (_, at) => [`r${at}`, kept(at)]));
  return [...renderHtml(model, accessMatrix({ keys, rights }), new Map())];
}

function lightness(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return (r + g + b) / 3 / 255;
}
