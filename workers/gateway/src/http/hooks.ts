import type { RepositoryConfig, Secrets, WebhookProvider } from '@meshwright/config';
import {
  hasHexSignature,
  hasSecretHeader,
  hasStandardSignature,
  type IncomingRequest,
} from '@meshwright/plugin-sdk';
import type { Logger } from '@meshwright/telemetry';
import type { FastifyInstance } from 'fastify';
import type { Rates } from './rates.ts';
import { checkInVain, incomingOf } from './incoming.ts';

export interface HookOptions {
  repositories: readonly Pick<RepositoryConfig, 'name' | 'webhook'>[];
  secrets: Secrets;
  /** Requests that are believed, by what they came through. */
  believed: Rates;
  /** Called once for each request that is believed, after it was answered. */
  onHint: (repository: string) => void;
  logger: Logger;
}

/**
 * `POST /hooks/<repository>` is only word that the repository may have changed, so its body is checked and never read. An
 * unknown repository, one without a secret and a wrong signature are answered alike.
 */
export function addHooks(server: FastifyInstance, options: HookOptions): void {
  const { believed, onHint, logger } = options;
  server.post<{ Params: { repository: string } }>(
    '/hooks/:repository',
    { schema: { hide: true } },
    async (request, reply) => {
      const { repository } = request.params;
      if (!(await isBelieved(options, repository, incomingOf(request)))) {
        logger.warn({ from: request.ip }, 'webhook refused');
        return reply.code(401).send();
      }
      const wait = believed.take(`hook:${repository}`);
      if (wait !== undefined) return reply.code(429).header('retry-after', wait).send();
      await reply.code(202).send();
      onHint(repository);
      return reply;
    },
  );
}

async function isBelieved(
  { repositories, secrets }: Pick<HookOptions, 'repositories' | 'secrets'>,
  name: string,
  request: IncomingRequest,
): Promise<boolean> {
  const { webhook } = repositories.find((repository) => repository.name === name) ?? {};
  if (webhook === undefined) {
    checkInVain(request);
    return false;
  }
  return checks[webhook.provider](await secrets.read(webhook.secret), request);
}

/** A request that comes twice is believed twice: all it can cause is one more look at the repository. */
const checks: Readonly<Record<WebhookProvider, (secret: string, request: IncomingRequest) => boolean>> = {
  github: (secret, request) =>
    hasHexSignature(secret, request, { headers: ['x-hub-signature-256'], prefix: 'sha256=' }),
  gitea: (secret, request) =>
    hasHexSignature(secret, request, { headers: ['x-gitea-signature', 'x-forgejo-signature'], prefix: '' }),
  generic: (secret, request) =>
    hasHexSignature(secret, request, { headers: ['x-signature-256'], prefix: 'sha256=' }),
  gitlab: (secret, request) =>
    hasSecretHeader(secret, request, 'x-gitlab-token') || hasStandardSignature(secret, request, Date.now()),
};
