import { join } from 'node:path';

/** Where the recorded histories lie. */
export const historiesDirectory = join(import.meta.dirname, '..', 'histories');
