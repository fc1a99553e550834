import { createHash } from 'node:crypto';
import type { AccessMatrix } from './access.js';
import type { CodeGuide } from './code-guide.js';
import { accessMarkup } from './html-access.js';
import { callersMarkup } from './html-callers.js';
import { anchorOf, element, inOrder } from './html-parts.js';
import { SCRIPT } from './html-script.js';
import { sectionMarkup } from './html-sections.js';
import { STYLE } from './html-style.js';
import { summaryMarkup } from './html-summary.js';
import { codeMarkup, html, Markup, NOTHING } from './html-text.js';
import type { End, ReportModel } from './model.js';
import { sectionsOf, type Section } from './sections.js';

/** Sections that come after what callers must change: nothing is wrong there. */
const LATER = new Set(['Changes', 'Notices']);

/** The one style and the one script of the page; whatever else is in it is text. */
const POLICY = `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`;

/**
 * The report as one HTML page that needs nothing else: no address is asked, and its policy lets a browser load nothing and
 * run nothing but the style and the script whose hashes it names.
 */
export function* renderHtml(model: ReportModel, access: AccessMatrix, guide: CodeGuide): Iterable<string> {
  yield '<!doctype html>';
  const page = element('html', { lang: 'en' }, inOrder([HEAD], element('body', {}, body(model, access, guide))));
  for (const { text } of page) yield text;
}

const HEAD = html`<head>
  <meta charset="utf-8" />
  <meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <meta name="color-scheme" content="light dark" />
  <meta name="referrer" content="no-referrer" />
  <title>Migration report</title>
  ${new Markup(`<style>${STYLE}</style>`)}
</head>`;

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function* body(model: ReportModel, access: AccessMatrix, guide: CodeGuide): Iterable<Markup> {
  const sections = sectionsOf(model);
  const isLater = ({ title }: Section): boolean => LATER.has(title);
  const [later, first] = [sections.filter(isLater), sections.filter((one) => !isLater(one))];
  const [callers, rights] = [[...callersMarkup(model)], [...accessMarkup(access)]];
  const links = [
    link('summary', 'Summary'),
    ...first.map(({ title }) => link(anchorOf(title), title)),
    ...(callers.length > 0 ? [link('callers', 'What callers change')] : []),
    ...(rights.length > 0 ? [link('access', 'Who may call what')] : []),
    ...later.map(({ title }) => link(anchorOf(title), title)),
  ];
  const of = (some: readonly Section[]): Iterable<Markup> =>
    inOrder(...some.map((section) => sectionMarkup(section, guide)));
  const main = inOrder(summaryMarkup(model), of(first), callers, rights, of(later));
  yield html`<a class="skip" href="#main">To the report</a>`;
  yield overview(model);
  yield html`<nav aria-label="Sections">
    <ul>
      ${links}
    </ul>
  </nav>`;
  yield* element('main', { id: 'main', tabindex: '-1' }, main);
  yield html`<footer>
    <p>
      Written by version ${model.toolVersion} from the journal alone. It holds names and addresses: keep it as private
      as they are.
    </p>
  </footer>`;
  yield new Markup(`<script>${SCRIPT}</script>`);
}

function link(id: string, title: string): Markup {
  return html`<li><a href="#${id}">${title}</a></li>`;
}

function overview({ source, target, lastRun }: ReportModel): Markup {
  const run =
    lastRun === null
      ? NOTHING
      : html`<div>
          <dt>Last run</dt>
          <dd>
            ${codeMarkup(`migrate ${lastRun.command}`)}, ${lastRun.startedAt}, ${lastRun.outcome ?? 'not finished'}
            ${lastRun.error === null ? '' : `(${lastRun.error})`}
          </dd>
        </div>`;
  return html`<header>
    <h1>Migration report</h1>
    <dl class="ends">${endMarkup('From', 'LiteLLM', source)}${endMarkup('To', 'Bifrost', target)}${run}</dl>
  </header>`;
}

function endMarkup(name: string, product: string, { url, version }: End): Markup {
  const where = url === null ? NOTHING : html` at ${codeMarkup(url)}`;
  return html`<div>
    <dt>${name}</dt>
    <dd>${product}${version === null ? '' : ` ${version}`}${where}</dd>
  </div>`;
}
