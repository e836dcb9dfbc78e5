import type { z } from 'zod';
import type { TargetConfig } from './types.ts';

/** Every `kubernetesSecret` must lie in a target that is configured, or in the cluster around. */
export function refuseUnknownTargets(
  config: { targets: readonly TargetConfig[] },
  context: z.core.$RefinementCtx,
): void {
  const known = config.targets.map(({ name }) => name);
  for (const { path, target } of secretTargets(config, [])) {
    if (known.includes(target)) continue;
    context.addIssue({
      code: 'custom',
      path: [...path, 'kubernetesSecret', 'target'],
      message: `${JSON.stringify(target)} is not the name of a target`,
      params: {
        code: 'unknown-target',
        suggestion:
          known.length === 0 ? 'Configure it under targets.' : `Known targets: ${known.join(', ')}.`,
      },
    });
  }
}

function secretTargets(value: unknown, path: PropertyKey[]): { path: PropertyKey[]; target: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('kubernetesSecret' in value) {
    const { target } = value.kubernetesSecret as { target?: string };
    return target === undefined ? [] : [{ path, target }];
  }
  return Object.entries(value).flatMap(([name, field]) => {
    return secretTargets(field, [...path, Array.isArray(value) ? Number(name) : name]);
  });
}
