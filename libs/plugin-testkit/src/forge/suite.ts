import { plainHttp } from '../service/http.ts';
import { withService } from '../service/suite.ts';
import { connectionCases } from './connection-cases.ts';
import { serviceCases } from './service-cases.ts';
import type { ForgeCase, ForgeSubject } from './subject.ts';
import { webhookCases } from './webhook-cases.ts';

/** The conformance suite of forge plugins. */
export const forgeCases: readonly ForgeCase[] = [...webhookCases, ...connectionCases, ...serviceCases];

/** Runs one case against a forge of its own; throws with what is wrong. */
export async function runForgeCase(each: ForgeCase, subject: ForgeSubject): Promise<void> {
  await withService(
    () => subject.start(),
    async (forge) => {
      let passed = 0;
      // The forge goes by the same clock, as far as a request tells it the time.
      const now = (): number => Date.now() + passed;
      const pass = (milliseconds: number): void => {
        passed += milliseconds;
        forge.passed = passed;
      };
      const settings = subject.settings(forge.local.url);
      const connection = subject.plugin.connect(settings, { http: plainHttp, now });
      await each.run({ subject, forge, connection, settings, now, pass });
    },
  );
}
