import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Config, RepositoryConfig, Secrets, TargetConfig } from '@meshwright/config';
import { openRepository } from '@meshwright/git';
import { MeshwrightError, messageOf, shortCommit } from '@meshwright/model';
import type { Host } from '../host.ts';
import { secretsFor } from '../secrets.ts';
import { chartChecks } from './chart-checks.ts';
import { metricsCheck } from './metrics-check.ts';
import { isReachableFromHere, requireRights, withTarget } from './target.ts';
import type { Check } from './run.ts';
import { serviceChecks } from './service-checks.ts';
import { temporalChecks } from './temporal-checks.ts';

/** Every connection that the configuration names, and what it needs on this machine. */
export function allChecks(config: Config, host: Host, connect: () => Promise<Client>): Check[] {
  const secrets = secretsFor(config, host);
  return [
    ...temporalChecks(config, connect),
    ...config.repositories.map((repository) => repositoryCheck(repository, secrets)),
    ...config.targets.map(targetCheck),
    ...chartChecks(config),
    { name: 'evidence', look: async () => ({ found: await writable(config.evidence.directory) }) },
    { name: 'results', look: async () => ({ found: await results(config, secrets) }) },
    ...config.repositories.flatMap((repository) => webhookCheck(repository, secrets)),
    ...serviceChecks(config, secrets),
    ...metricsCheck(config),
  ];
}

function repositoryCheck(repository: RepositoryConfig, secrets: Secrets): Check {
  const { name, url, branch, credentials } = repository;
  return {
    name: `repository ${name}`,
    async look(signal) {
      const directory = await mkdtemp(join(tmpdir(), 'meshwright-doctor-'));
      try {
        const tip = await openRepository({
          name,
          url,
          mirrorDirectory: directory,
          ...(branch === undefined ? {} : { branch }),
          ...(credentials === undefined ? {} : { credentials: () => secrets.credentials(credentials) }),
        }).tip(signal);
        if ('commit' in tip) return { found: `branch ${tip.branch} is at ${shortCommit(tip.commit)}` };
        throw new MeshwrightError('REPOSITORY_REFUSED', `Repository ${name} has no branch ${tip.missing}.`, {
          remedy: 'Push it, or correct the branch in meshwright.yaml.',
        });
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

function targetCheck(target: TargetConfig): Check {
  return {
    name: `target ${target.name}`,
    async look(signal) {
      if (!(await isReachableFromHere(target))) {
        return { skipped: 'only its agent, inside the cluster, can reach it; see its task queue' };
      }
      return withTarget(target, async (client) => {
        const version = await client.version();
        await requireRights(client, signal);
        return { found: `${client.address}, Kubernetes ${version}` };
      });
    },
  };
}

/** Writes as the store would, and takes it away again. */
async function writable(directory: string): Promise<string> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const probe = await mkdtemp(join(directory, '.doctor-'));
    await rm(probe, { recursive: true });
    return directory;
  } catch (error) {
    throw new MeshwrightError(
      'EVIDENCE_UNAVAILABLE',
      `The evidence directory cannot be written: ${messageOf(error)}.`,
      {
        where: directory,
        remedy: 'Make it writable for this user, or name another in meshwright.yaml.',
      },
    );
  }
}

async function results(config: Config, secrets: Secrets): Promise<string> {
  // Loaded only here, with its drivers.
  const { openResults } = await import('@meshwright/results');
  const store = await openResults(await secrets.results(config.results));
  await store.close();
  return store.where;
}

function webhookCheck({ name, webhook }: RepositoryConfig, secrets: Secrets): Check[] {
  if (webhook === undefined) return [];
  return [
    {
      name: `webhook ${name}`,
      async look() {
        await secrets.read(webhook.secret);
        return { found: `the secret for ${webhook.provider} is set` };
      },
    },
  ];
}
