import { MeshwrightError } from '@meshwright/model';
import type { HttpPort } from '@meshwright/plugin-sdk';
import { plainHttp } from '../chat/http.ts';
import { connectionCases } from './connection-cases.ts';
import { serviceCases } from './service-cases.ts';
import type { ForgeCase, ForgeSubject } from './subject.ts';
import { webhookCases } from './webhook-cases.ts';

/** The conformance suite of forge plugins. */
export const forgeCases: readonly ForgeCase[] = [...webhookCases, ...connectionCases, ...serviceCases];

/** The cases that a plugin has to pass; those that do not apply to it come with the reason. */
export function forgeCasesFor(
  subject: ForgeSubject,
  cases: readonly ForgeCase[] = forgeCases,
): { applicable: ForgeCase[]; others: { id: string; reason: string }[] } {
  const applicable: ForgeCase[] = [];
  const others: { id: string; reason: string }[] = [];
  for (const each of cases) {
    const reason = each.notFor?.(subject);
    if (reason === undefined) applicable.push(each);
    else others.push({ id: each.id, reason });
  }
  if (applicable.length === 0) {
    throw new MeshwrightError('INVALID_INPUT', `No case applies to the forge plugin "${subject.plugin.id}".`);
  }
  return { applicable, others };
}

/** Runs one case against a forge of its own; throws with what is wrong. */
export async function runForgeCase(
  each: ForgeCase,
  subject: ForgeSubject,
  http: HttpPort = plainHttp,
): Promise<void> {
  const forge = await subject.start();
  let passed = 0;
  // The forge goes by the same clock, as far as a request tells it the time.
  const now = (): number => Date.now() + passed;
  const settings = subject.settings(forge.local.url);
  const connection = subject.plugin.connect(settings, { http, now });
  const pass = (milliseconds: number): void => {
    passed += milliseconds;
    forge.passed = passed;
  };
  try {
    await each.run({ subject, forge, connection, settings, now, pass });
  } finally {
    if (forge.local.server.listening) await forge.local.stop();
  }
}
