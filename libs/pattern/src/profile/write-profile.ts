import { formatDuration, writeYaml } from '@meshwright/document';
import type { PerformanceProfile, ProfileProbes } from '@meshwright/model';
import { limitsDocument } from './metric-limits.ts';

/** A profile as people write it, as plain data with every field; what reads a profile gives the same profile for it. */
export function profileDocument({ apiVersion, kind, metadata, spec }: PerformanceProfile): object {
  const { generator, endpoints, load, contrast, probes, looks, limits } = spec;
  const { name, labels } = metadata;
  return {
    apiVersion,
    kind,
    metadata: labels === undefined ? { name } : { name, labels },
    spec: {
      generator,
      endpoints,
      load: {
        rate: load.rate,
        connections: load.connections,
        arrivals: load.arrivals,
        warmUp: formatDuration(load.warmUpSeconds),
        duration: formatDuration(load.seconds),
        timeout: formatDuration(load.timeoutSeconds),
      },
      contrast,
      ...(probes === undefined ? {} : { probes: probesDocument(probes) }),
      blocks: { looks },
      limits: limitsDocument(limits),
    },
  };
}

/** {@link profileDocument} as YAML. */
export function writeProfile(profile: PerformanceProfile): string {
  return writeYaml(profileDocument(profile));
}

function probesDocument({ create, use }: ProfileProbes): object {
  return create ? { create } : { use };
}
