import { describe, expect, it } from 'vitest';

import { kwokStages, NEVER_READY_ANNOTATION } from './kwok-stages.ts';

describe('the stages that kwok plays', () => {
  it('have names of their own', () => {
    const names = kwokStages().map((stage) => (stage as { metadata: { name: string } }).metadata.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('pod-ready');
  });

  it('leave a pod unready that asks for it', () => {
    expect(JSON.stringify(kwokStages())).toContain(`annotations[\\"${NEVER_READY_ANNOTATION}\\"]`);
  });
});
