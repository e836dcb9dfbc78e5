import { join } from 'node:path';

/** Where the recorded histories lie. */
export const historiesDirectory = join(import.meta.dirname, '..', 'histories');

/** The version that histories are recorded under now; earlier ones stay for as long as runs look like them. */
const version = 'v1';

/** The file of a recorded history, by its name: `<workflow>.<path>`. */
export function historyFile(name: string): string {
  return join(historiesDirectory, `${name}.${version}.json`);
}
