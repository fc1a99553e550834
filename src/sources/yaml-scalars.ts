import type { ScalarTag } from 'yaml';
import { Scalar } from 'yaml';

/**
 * Plain scalars as PyYAML's safe loader resolves them (L§3.1), which is neither YAML 1.2 nor the `yaml` package's 1.1:
 * `y` is text, `1e3` and `1.5e3` are text (an exponent needs a dot and a sign), `089` is text, `1:30` is 90.
 * A date (`2024-10-21`) stays the text it is: LiteLLM formats it back wherever a parameter may hold one (api_version).
 */
export const PYTHON_SCALARS: ScalarTag[] = [
  plain('null', /^(?:~|null|Null|NULL)?$/, () => null),
  plain('bool', /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/, (text) =>
    /^(?:yes|true|on)$/i.test(text),
  ),
  plain('int', /^[-+]?0b[0-1_]+$/, (text) => radix(text, /0b/, 2)),
  plain('int', /^[-+]?0x[0-9a-fA-F_]+$/, (text) => radix(text, /0x/, 16)),
  plain('int', /^[-+]?0[0-7_]+$/, (text) => radix(text, /0/, 8)),
  plain('int', /^[-+]?(?:0|[1-9][0-9_]*)$/, (text) => Number(text.replaceAll('_', ''))),
  plain('int', /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/, sexagesimal),
  plain('float', /^[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?$/, (text) => Number(text.replaceAll('_', ''))),
  plain('float', /^\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/, (text) => Number(text.replaceAll('_', ''))),
  plain('float', /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/, sexagesimal),
  plain('float', /^[-+]?\.(?:inf|Inf|INF)$/, (text) => (text.startsWith('-') ? -Infinity : Infinity)),
  plain('float', /^\.(?:nan|NaN|NAN)$/, () => NaN),
];

function plain(kind: string, test: RegExp, read: (text: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${kind}`, default: true, test, resolve: (text) => new Scalar(read(text)) };
}

function radix(text: string, prefix: RegExp, base: number): number {
  const digits = text.replace(/^[-+]/, '').replace(prefix, '').replaceAll('_', '');
  return (text.startsWith('-') ? -1 : 1) * parseInt(digits === '' ? '0' : digits, base);
}

function sexagesimal(text: string): number {
  const parts = text.replace(/^[-+]/, '').replaceAll('_', '').split(':');
  return (text.startsWith('-') ? -1 : 1) * parts.reduce((total, part) => total * 60 + Number(part), 0);
}
