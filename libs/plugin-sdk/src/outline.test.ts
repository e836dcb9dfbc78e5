import { type Notice, Phase } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceOf, choicesOf } from './choices.ts';
import { noticeMarkdown } from './notice-markdown.ts';
import { fitting, momentOf, outlineDetails, outlineOf, type Passage, webAddress } from './outline.ts';

const [most, , , least] = outlineDetails;

const notice: Notice = {
  rollout: 'rollout:checkout-mesh@3f8e1c0a92bd',
  run: 'run',
  title: 'checkout-mesh: upgrade istio',
  summary: 'Waits.',
  phase: Phase.awaitingApproval,
  repository: 'patterns',
  pattern: 'checkout-mesh',
  commit: { id: '3f8e1c0a92bd5c1e', subject: 'Upgrade', author: 'Ada', url: 'javascript:alert(1)' },
  links: [
    { label: 'Run', url: 'https://temporal.example.com/run' },
    { label: 'Trap', url: 'https://user:secret@evil.example' },
  ],
  targets: Array.from({ length: 9 }, (_, place) => ({
    cluster: `cluster-${place}`,
    phase: Phase.awaitingApproval,
    action: 'upgrade istio',
    counts: { create: 1, update: 2, delete: 3, unchanged: 4 },
    stages: Array.from({ length: 12 }, (_ignored, stage) => ({
      title: `stage ${stage}`,
      state: stage < 7 ? 'done' : stage === 7 ? 'applying' : 'pending',
    })),
    deletes: { sample: Array.from({ length: 12 }, (_ignored, object) => `ConfigMap a/${object}`), others: 5 },
    warnings: [],
    diff: { lines: Array.from({ length: 30 }, (_ignored, line) => `line ${line}`), others: 100 },
  })),
  approval: {
    gate: 'change',
    title: 'before the change',
    subject: `sha256:${'4f1c9a7e'.repeat(8)}`,
    open: true,
    approvers: [],
    quorum: 1,
    requiredGroups: [],
    expiresAt: 5,
    decided: [],
    confirms: ['3 objects are deleted.'],
    escalated: false,
    choices: ['approve', 'reject', 'hold'],
  },
  progress: [
    { key: 'a', at: 10, text: 'planned' },
    { key: 'b', at: 20, text: 'approved' },
  ],
};

function words(passages: readonly Passage[]): string {
  return passages
    .map((passage) => {
      if (passage.kind === 'code') return passage.lines.join('\n');
      const spans = passage.kind === 'line' ? passage.spans : passage.items.flat();
      return spans.map((span) => (span.kind === 'time' ? String(span.at) : span.text)).join('');
    })
    .join('\n');
}

describe('the outline of a notice', () => {
  it('says how many targets, objects and lines it does not show', () => {
    const { targets } = outlineOf(notice, most!);
    expect(targets).toHaveLength(7);
    expect(words(targets[0]!)).toContain('and 9 more');
    expect(words(targets[0]!)).toContain('… 118 more lines in the plan');
    expect(words(targets.at(-1)!)).toBe('3 more: cluster-6, cluster-7, cluster-8');
    expect(words(outlineOf(notice, least!).targets.at(-1)!)).toBe('8 more: cluster-1, 7 more');
  });

  it('says what is let go of, which is no update, and counts what the mesh made among what is deleted', () => {
    const counts = { create: 0, update: 0, delete: 3, unchanged: 0, release: 2, leftover: 1 };
    const uninstall = { ...notice, targets: [{ ...notice.targets[0]!, counts }] };
    const told = words(outlineOf(uninstall, most!).targets[0]!);
    expect(told).toContain('Creates 0, updates 0, deletes 4, releases 2, leaves 0 as they are');
    const markdown = noticeMarkdown(uninstall, { limit: 60_000, commandPrefix: '/' });
    expect(markdown).toContain('| Unchanged | Released | Restarts |');
    expect(markdown).toContain('| **4** | 0 | 0 | 0 | 2 | none |');
    expect(noticeMarkdown(notice, { limit: 60_000, commandPrefix: '/' })).not.toContain('Released');
  });

  it('shows the stage that runs, whatever is before it', () => {
    const running = { ...notice, phase: Phase.changing, approval: { ...notice.approval!, open: false } };
    const [first] = outlineOf(running, least!).targets;
    expect(words(first!)).toContain('✓ 7 stages done\n▸ stage 7\n· 4 more stages');
  });

  it('links to nothing but the web', () => {
    const { about } = outlineOf(notice, most!);
    expect(about.filter(({ kind }) => kind === 'link')).toEqual([
      { kind: 'link', text: 'Run', url: 'https://temporal.example.com/run' },
    ]);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.stringMatching(/^(java|vb)?script:.*$/)), (url) => {
        const address = webAddress(url);
        if (address === undefined) return;
        const { protocol, username } = new URL(address);
        expect(['http:', 'https:']).toContain(protocol);
        expect(username).toBe('');
      }),
    );
  });

  it('takes as much detail as fits, and the least where nothing does', () => {
    const sizes = outlineDetails.map((detail) => JSON.stringify(outlineOf(notice, detail)).length);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    const render = (outline: object): number => JSON.stringify(outline).length;
    expect(fitting(notice, render, () => true)).toBe(sizes[0]);
    expect(fitting(notice, render, (size) => size < sizes[0]!)).toBe(sizes[1]);
    expect(fitting(notice, render, () => false)).toBe(sizes.at(-1));
  });

  it('is as old as the last thing that happened', () => {
    expect(momentOf(notice)).toBe(20);
    expect(momentOf({ ...notice, progress: [] })).toBe(0);
  });
});

describe('the choices of a notice', () => {
  it('are those of its gate, and why it waits', () => {
    expect(choicesOf(notice).map(({ id }) => id)).toEqual(['approve', 'reject', 'hold', 'why']);
    expect(choicesOf({ ...notice, approval: { ...notice.approval!, open: false } })).toEqual([]);
  });

  it('ask before what has to be confirmed, and for the reason of a rejection', () => {
    const [approve, reject] = choicesOf(notice);
    expect(approve?.confirm?.text).toBe('3 objects are deleted.');
    expect(reject?.asks).toBe(true);
    const harmless = { ...notice, approval: { ...notice.approval!, confirms: [] } };
    expect(choicesOf(harmless)[0]?.confirm).toBeUndefined();
  });

  it('are known by their id', () => {
    expect(choiceOf('breakGlass')?.decision).toBe('break-glass');
    expect(choiceOf('why')?.decision).toBeUndefined();
    expect(choiceOf('toString')).toBeUndefined();
  });
});
