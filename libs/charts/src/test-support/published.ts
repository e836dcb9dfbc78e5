import { join } from 'node:path';
import type { Charts } from '../charts.ts';
import { indexRepository, packageChart, writeChart } from './chart.ts';
import { requestFor } from './requests.ts';

/** Publishes the test chart into `<directory>/repository`, with its index; gives that directory. */
export async function publishChart(
  directory: string,
  options: { version?: string; greeting?: string } = {},
): Promise<string> {
  const folder = await writeChart(join(directory, 'sources'), options);
  const repository = join(directory, 'repository');
  await packageChart(folder, repository);
  await indexRepository(repository);
  return repository;
}

/** What the test chart's ConfigMap holds. */
export async function greeting(charts: Charts, overrides = {}): Promise<unknown> {
  const objects = await charts.template(requestFor(overrides));
  return objects.find(({ kind }) => kind === 'ConfigMap')?.data;
}

/** A clock that goes before this machine's. */
export function later(minutes: number): () => number {
  return () => Date.now() + minutes * 60_000;
}
