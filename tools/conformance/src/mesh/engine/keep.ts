import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formOf, type Story, transcriptOf } from '@meshwright/plugin-testkit';

/** Writes what was told of each act of a story, as it was and as a form, to read or to compare with other meshes. */
export async function keepStory({ subject, told }: Story, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const { id } = subject.plugin;
  const parts = [...told].map(([act, seen]) => `##### ${act} #####\n\n${transcriptOf(seen)}`);
  await writeFile(join(directory, `${id}.txt`), parts.join('\n'));
  for (const [act, seen] of told)
    await writeFile(join(directory, `${id}.${act}.form.txt`), formOf(seen, subject));
}
