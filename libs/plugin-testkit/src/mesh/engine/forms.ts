import { readFile } from 'node:fs/promises';
import type { Act } from './told.ts';

/**
 * The form that what is told of an act has for every mesh; a line after `? ` is told by those meshes alone that have what it is
 * about. A change of the engine's own words is a change of these files, and nothing else is.
 */
export function commonForm(act: Act): Promise<string> {
  return readFile(new URL(`forms/${act}.txt`, import.meta.url), 'utf8');
}
