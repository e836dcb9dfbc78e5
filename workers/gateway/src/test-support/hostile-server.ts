import { openSecrets } from '@meshwright/config';
import { openEvidence } from '@meshwright/evidence';
import { startGateway } from '../gateway.ts';
import { hostileConfig, type HostileOrder, hostileSecrets, type HostileReport } from './hostile-config.ts';
import { recordingLogger } from './logger.ts';

/** A gateway in a process of its own, so that what it takes up can be told from what those take up who attack it. */
process.once('message', (order: HostileOrder) => void serve(order));

async function serve({ address, namespace, directory }: HostileOrder): Promise<void> {
  const config = hostileConfig(directory, { address, namespace });
  const logger = recordingLogger();
  const hints: string[] = [];
  const gateway = await startGateway({
    config,
    temporal: { address, namespace },
    evidence: openEvidence(config.evidence),
    secrets: openSecrets({ environment: hostileSecrets }),
    logger,
    onHint: (repository) => hints.push(repository),
    // All attacks come from one address here: what is tried is what lies behind the limit of its rate.
    limits: {
      remote: { perSecond: 100_000, burst: 100_000 },
      believed: { perSecond: 100_000, burst: 100_000 },
    },
  });
  await gateway.ready;
  const report = (): HostileReport => {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return { url: gateway.url ?? '', rss, heapUsed, hints: hints.length, log: logger.lines };
  };
  process.send?.(report());
  process.on('message', (word) => {
    if (word === 'report') process.send?.(report());
    if (word === 'stop') void gateway.stop().then(() => process.exit(0));
  });
}
