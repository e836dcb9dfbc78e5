import { sampleMoment } from '../notices/samples.ts';
import { plainHttp } from '../service/http.ts';
import { withService } from '../service/suite.ts';
import { interactionCases } from './interaction-cases.ts';
import { messageCases } from './message-cases.ts';
import { serviceCases } from './service-cases.ts';
import type { ChatCase, ChatSubject } from './subject.ts';

/** The conformance suite of chat plugins. */
export const chatCases: readonly ChatCase[] = [...messageCases, ...serviceCases, ...interactionCases];

/** Runs one case against a service of its own; throws with what is wrong. */
export async function runChatCase(each: ChatCase, subject: ChatSubject): Promise<void> {
  const now = sampleMoment;
  await withService(
    () => subject.start(),
    async (chat) => {
      const settings = subject.settings(chat.local.url);
      const connection = subject.plugin.connect(settings, { http: plainHttp, now: () => now });
      await each.run({ subject, chat, connection, settings, now });
    },
  );
}
