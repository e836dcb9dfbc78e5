import { MeshwrightError } from '@meshwright/model';
import type { LocalService } from './server.ts';

/** One thing that a plugin must do right. */
export interface SuiteCase<About, Trial> {
  id: string;
  title: string;
  /** Throws with what is wrong. */
  run: (trial: Trial) => Promise<void>;
  /** Why it does not apply to this one; undefined where it does. */
  notFor?: (about: About) => string | undefined;
}

/**
 * The cases that a plugin has to pass; those that do not apply to it come with the reason.
 * @throws MeshwrightError INVALID_INPUT where none applies: a suite that tries nothing proves nothing.
 */
export function casesFor<Subject extends { plugin: { id: string } }, Trial>(
  subject: Subject,
  cases: readonly SuiteCase<Subject, Trial>[],
): { applicable: SuiteCase<Subject, Trial>[]; others: { id: string; reason: string }[] } {
  const applicable: SuiteCase<Subject, Trial>[] = [];
  const others: { id: string; reason: string }[] = [];
  for (const each of cases) {
    const reason = each.notFor?.(subject);
    if (reason === undefined) applicable.push(each);
    else others.push({ id: each.id, reason });
  }
  if (applicable.length === 0) {
    throw new MeshwrightError('INVALID_INPUT', `No case applies to the plugin "${subject.plugin.id}".`);
  }
  return { applicable, others };
}

/** Works with a service that is started for it, and ends with it. */
export async function withService<Fake extends { local: LocalService }>(
  start: () => Promise<Fake>,
  work: (fake: Fake) => Promise<void>,
): Promise<void> {
  const fake = await start();
  try {
    await work(fake);
  } finally {
    if (fake.local.server.listening) await fake.local.stop();
  }
}
