/** The shape of a JSON value: per path, which types occur and whether the member is in every object. */
export type Shape = ReadonlyMap<string, { readonly types: ReadonlySet<string>; readonly always: boolean }>;

export type Rules = {
  /** Paths whose members are data: they are not looked into. */
  readonly free: readonly RegExp[];
  /** Paths whose objects differ from row to row: members need not be in both. */
  readonly open: readonly RegExp[];
  /** Paths that may be null although the recorded world had no null there. */
  readonly nullable: (path: string) => boolean;
  /** Paths the recording was trimmed of. */
  readonly trimmed: readonly RegExp[];
  /** The recorded list is a sample: a member that all its objects have need not be in all others. */
  readonly sample: boolean;
};

export function shapeOf(value: unknown, free: readonly RegExp[]): Shape {
  const types = new Map<string, Set<string>>();
  const seen = new Map<string, { objects: number; members: Map<string, number> }>();
  const visit = (path: string, node: unknown): void => {
    const known = types.get(path);
    if (known) known.add(typeName(node));
    else types.set(path, new Set([typeName(node)]));
    if (free.some((pattern) => pattern.test(path)) || typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(`${path}[]`, item);
      return;
    }
    const site = seen.get(path) ?? { objects: 0, members: new Map<string, number>() };
    site.objects += 1;
    seen.set(path, site);
    for (const [name, member] of Object.entries(node)) {
      site.members.set(name, (site.members.get(name) ?? 0) + 1);
      visit(`${path}.${name}`, member);
    }
  };
  visit('', value);
  const always = (path: string): boolean => {
    const dot = path.lastIndexOf('.');
    const site = dot < 0 || path.endsWith('[]') ? undefined : seen.get(path.slice(0, dot));
    return site === undefined || site.members.get(path.slice(dot + 1)) === site.objects;
  };
  return new Map([...types].map(([path, set]) => [path, { types: set, always: always(path) }]));
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What differs, one sentence each; empty when the answer has the recorded shape. */
export function differences(recorded: Shape, answered: Shape, rules: Rules): string[] {
  const matches = (patterns: readonly RegExp[], path: string): boolean =>
    patterns.some((pattern) => pattern.test(path));
  const parent = (path: string): string =>
    path.endsWith('[]') ? path.slice(0, -2) : path.slice(0, path.lastIndexOf('.'));
  const isOpen = (path: string): boolean => matches(rules.open, parent(path));
  const problems: string[] = [];
  for (const [path, was] of recorded) {
    const is = answered.get(path);
    if (is === undefined) {
      if (answered.has(parent(path)) && !isOpen(path) && hasObjects(answered, parent(path)))
        problems.push(`${path} is missing`);
      else if (path.endsWith('[]') && answered.has(parent(path))) problems.push(`${path} has no items`);
      continue;
    }
    if (was.always && !is.always && !(rules.sample && isOpen(path)))
      problems.push(`${path} is missing in some objects`);
    problems.push(...typeProblems(path, was.types, is.types, rules.nullable(path)));
  }
  for (const path of answered.keys()) {
    if (recorded.has(path) || isOpen(path) || matches(rules.trimmed, path)) continue;
    if (recorded.has(parent(path)) && hasObjects(recorded, parent(path)) && !path.endsWith('[]'))
      problems.push(`${path} was never recorded`);
  }
  return problems;
}

/** Where only null or an empty list was seen, nothing is known about what is inside. */
function hasObjects(shape: Shape, path: string): boolean {
  return shape.get(path)?.types.has('object') ?? false;
}

function typeProblems(path: string, was: ReadonlySet<string>, is: ReadonlySet<string>, nullable: boolean): string[] {
  const solid = (types: ReadonlySet<string>): string[] => [...types].filter((type) => type !== 'null').sort();
  const [before, now] = [solid(was), solid(is)];
  const problems: string[] = [];
  if (before.length > 0 && now.some((type) => !before.includes(type)))
    problems.push(`${path} is ${now.join('|')}, was ${before.join('|')}`);
  if (is.has('null') && !was.has('null') && !nullable) problems.push(`${path} is null sometimes, never was`);
  return problems;
}
