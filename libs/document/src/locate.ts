import { isAlias, isMap, isScalar, isSeq, type Alias, type Node } from 'yaml';
import type { Lines, Place } from './text.ts';

/** The way from a document's root to a value: field names and list positions. */
export type DocumentPath = readonly (string | number)[];

/** Whether the place of a value or of the key before it is meant. */
export type Part = 'key' | 'value';

/** Where a value of a document, or its key, is written; the nearest one above it when it is not there. */
export function locateIn(
  contents: Node | null,
  aliases: ReadonlyMap<Alias, Node>,
  lines: Lines,
  path: DocumentPath,
  part: Part,
): Place {
  let value = contents;
  let nearest = contents;
  for (const segment of path) {
    const step = stepInto(isAlias(value) ? aliases.get(value) : value, segment);
    if (step === undefined) return placeOf(nearest, lines);
    value = step.value;
    nearest = step.key ?? step.value;
  }
  if (part === 'key') return placeOf(nearest, lines, true);
  return placeOf(value ?? nearest, lines);
}

interface Step {
  /** Absent for an item of a list. */
  key: Node | null;
  value: Node | null;
}

function stepInto(node: Node | null | undefined, segment: string | number): Step | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(segment));
    return pair === undefined ? undefined : { key: pair.key, value: written(pair.value) };
  }
  if (!isSeq<Node>(node) || typeof segment !== 'number') return undefined;
  const item = node.items[segment];
  return item === undefined ? undefined : { key: null, value: item };
}

/** A field without a value has a node of no width behind its colon; null stands for it. */
function written(node: Node | null): Node | null {
  return isScalar(node) && node.source === '' && node.type === 'PLAIN' ? null : node;
}

function placeOf(node: Node | null, lines: Lines, keyOnly = false): Place {
  const range = node?.range;
  if (range === undefined || range === null) return lines.at(0);
  return keyOnly ? lines.at(range[0], range[1]) : lines.at(range[0]);
}
