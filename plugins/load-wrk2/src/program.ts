import type { LoadContext } from '@meshwright/plugin-sdk';

/** wrk2 as it was found. */
export interface Wrk2Program {
  /** Its file's name: distributions call it wrk2, and its own build wrk. */
  program: string;
  version: string;
}

const install =
  'Install wrk2 (https://github.com/giltene/wrk2) as `wrk2` or `wrk`, or use the generator `builtin`.';

/**
 * wrk2 on this machine, or why it cannot be had. wrk, from which it comes, has the same name and sends as fast as it can: only
 * wrk2 has a rate among its options.
 */
export async function findWrk2({
  programs,
  signal,
}: LoadContext): Promise<Wrk2Program | { missing: string }> {
  const others: string[] = [];
  for (const program of ['wrk2', 'wrk']) {
    if ((await programs.find(program)) === undefined) continue;
    // With its version and no address it prints its options, and ends with 1.
    const { stdout } = await programs.run(program, ['-v'], { signal });
    if (stdout.includes('--rate')) {
      return { program, version: /^wrk (\S+)/m.exec(stdout)?.[1] ?? 'unknown' };
    }
    others.push(program);
  }
  if (others.length === 0) return { missing: `There is no wrk2 here. ${install}` };
  return {
    missing: `The ${others.join(' and ')} here is not wrk2: it takes no rate. ${install}`,
  };
}
