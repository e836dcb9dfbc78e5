import { parse } from 'yaml';
import type { IndexEntry } from './parse-index.ts';

/**
 * What the `index.yaml` of a chart repository lists (https://helm.sh/docs/topics/chart_repository/). An entry that is
 * none is left out, as Helm does.
 * @throws Error when the text is no index.
 */
export function indexEntries(text: string): IndexEntry[] {
  const index: unknown = parse(text, {
    // Every scalar is text: a digest of digits alone is no number.
    schema: 'failsafe',
    maxAliasCount: 0,
    prettyErrors: false,
    logLevel: 'error',
  });
  const charts = fieldOf(index, 'entries');
  if (typeof charts !== 'object' || charts === null) throw new Error('it has no entries');
  return Object.entries(charts).flatMap(([chart, versions]: [string, unknown]) =>
    Array.isArray(versions) ? versions.flatMap((version: unknown) => entryOf(chart, version)) : [],
  );
}

function entryOf(chart: string, value: unknown): IndexEntry[] {
  const version = fieldOf(value, 'version');
  const urls = fieldOf(value, 'urls');
  const url: unknown = Array.isArray(urls) ? urls[0] : undefined;
  if (typeof version !== 'string' || typeof url !== 'string') return [];
  const digest = fieldOf(value, 'digest');
  const sha256 = typeof digest === 'string' ? /^(?:sha256:)?([0-9a-f]{64})$/.exec(digest)?.[1] : undefined;
  return [{ chart, version, url, ...(sha256 === undefined ? {} : { sha256 }) }];
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
