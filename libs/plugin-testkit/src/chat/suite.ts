import { MeshwrightError } from '@meshwright/model';
import { sampleMoment } from '../notices/samples.ts';
import { plainHttp } from './http.ts';
import { interactionCases } from './interaction-cases.ts';
import { messageCases } from './message-cases.ts';
import { serviceCases } from './service-cases.ts';
import type { ChatCase, ChatSubject } from './subject.ts';

/** The conformance suite of chat plugins. */
export const chatCases: readonly ChatCase[] = [...messageCases, ...serviceCases, ...interactionCases];

/** The cases that a plugin has to pass; those that do not apply to it come with the reason. */
export function chatCasesFor(
  subject: ChatSubject,
  cases: readonly ChatCase[] = chatCases,
): { applicable: ChatCase[]; others: { id: string; reason: string }[] } {
  const applicable: ChatCase[] = [];
  const others: { id: string; reason: string }[] = [];
  for (const each of cases) {
    const reason = each.notFor?.(subject);
    if (reason === undefined) applicable.push(each);
    else others.push({ id: each.id, reason });
  }
  if (applicable.length === 0) {
    throw new MeshwrightError('INVALID_INPUT', `No case applies to the chat plugin "${subject.plugin.id}".`);
  }
  return { applicable, others };
}

/** Runs one case against a service of its own; throws with what is wrong. */
export async function runChatCase(each: ChatCase, subject: ChatSubject): Promise<void> {
  const chat = await subject.start();
  const now = sampleMoment;
  const settings = subject.settings(chat.local.url);
  const connection = subject.plugin.connect(settings, { http: plainHttp, now: () => now });
  try {
    await each.run({ subject, chat, connection, settings, now });
  } finally {
    if (chat.local.server.listening) await chat.local.stop();
  }
}
