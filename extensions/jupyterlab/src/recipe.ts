/** The recipes' values that are not the same in all, by the dotted path that `--set` takes. */
export function differing(recipes: (object | null)[]): [string, string[]][] {
  const tables = recipes.map(recipe => flat((recipe ?? {}) as Record<string, unknown>));
  const names = new Set(tables.flatMap(table => [...table.keys()]));
  return [...names]
    .map((name): [string, string[]] => [name, tables.map(table => table.get(name) ?? '–')])
    .filter(([, values]) => values.some(value => value !== values[0]));
}

/** A nested table by dotted path; a component stands under its own name and its options under that. */
function flat(tree: Record<string, unknown>, prefix = ''): Map<string, string> {
  const rows = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix + key;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      rows.set(path, typeof value === 'string' ? value : JSON.stringify(value));
      continue;
    }
    const { name, options, ...rest } = value as Record<string, unknown>;
    const isComponent = typeof name === 'string' && typeof options === 'object' && options;
    if (isComponent && !Object.keys(rest).length) {
      rows.set(path, name);
    }
    const inner = rows.has(path) ? options : value;
    flat(inner as Record<string, unknown>, `${path}.`).forEach((text, at) => rows.set(at, text));
  }
  return rows;
}
