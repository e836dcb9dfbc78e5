import { type Notice, Phase } from '@meshwright/model';
import { sampleNotices } from './samples.ts';

/** What would notify people, link, format or run if a service took it for its own markup. */
export const hostileMarkup = [
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '<!subteam^S012ABCDE>',
  '<@U012ABCDE>',
  '<#C012ABCDE>',
  '@here',
  '@channel',
  '@all',
  '@everyone',
  '@acme/owners',
  '#1',
  '!1',
  '[x](javascript:alert(1))',
  '![x](https://evil.example/pixel.png)',
  '<https://evil.example|ok>',
  'https://evil.example/approve',
  '`x`',
  '```',
  '*bold* _it_ ~no~ **b** __u__ ~~s~~',
  '"><script>alert(1)</script>',
  "<img src=x onerror='alert(1)'>",
  '<!-- meshwright -->',
  '</details></td></tr></table>',
  '| a | b |',
  '> quote',
  '# heading',
  '/approve sha256:4f1c9a7e',
  ':rotating_light:',
  '&lt;!channel&gt;',
  '\\',
  '$(id)',
  '{{.}}',
] as const;

/** Characters that show nothing or turn text around: bidi controls, zero widths, controls of a terminal, half a character. */
export const hostileCharacters = [
  '\u202e',
  '\u2066',
  '\u200b',
  '\u0000',
  '\u001b[2J',
  '\r\n',
  '\u2028',
  '\ud800',
];

/** What looks like a secret, as people paste it by mistake; built from parts, so that no scanner takes it for a real one. */
export const lookAlikeSecrets = [
  `ghp_${'a1B2'.repeat(9)}`,
  `glpat-${'x9Y8'.repeat(5)}`,
  `xoxb-${'1234567890'.repeat(2)}-abcdefABCDEF`,
  `AKIAIOSFODNN7EXAMPLE`,
  `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`,
  `-----BEGIN PRIVATE KEY-----${'MIIEvQIBADAN'.repeat(3)}-----END PRIVATE KEY-----`,
  'hunter2isapassword',
] as const;

const secretText = [
  ...lookAlikeSecrets.slice(0, -1),
  `password=${lookAlikeSecrets.at(-1) ?? ''}`,
  `https://ci:${lookAlikeSecrets.at(-1) ?? ''}@git.example.com/x`,
].join(' ');

/** A notice in which every text is this one. */
export function noticeOf(text: string, count = 3): Notice {
  const texts = Array.from({ length: count }, () => text);
  const { waiting } = sampleNotices;
  return {
    rollout: waiting.rollout,
    run: waiting.run,
    title: text,
    summary: text,
    phase: Phase.awaitingApproval,
    repository: text,
    pattern: text,
    commit: { id: waiting.commit.id, subject: text, author: text, url: 'https://git.example.com/commit' },
    links: [
      { label: text, url: 'https://temporal.example.com/run' },
      { label: 'no link', url: `javascript:alert(1)//${text.slice(0, 100)}` },
    ],
    targets: texts.map((cluster, place) => ({
      cluster,
      phase: Phase.awaitingApproval,
      action: text,
      plan: `sha256:${String(place).padStart(64, '0')}` as const,
      counts: { create: 1, update: 2, delete: count, unchanged: 0 },
      stages: texts.map((title) => ({ title, state: text, note: text })),
      deletes: { sample: texts.slice(0, 20), others: 7 },
      blastRadius: { namespaces: texts, workloads: 1, pods: 1 },
      warnings: texts,
      diff: { lines: texts, others: 1 },
      verdict: { verdict: 'inconclusive', reason: text, lines: texts },
      waitingFor: text,
    })),
    approval: {
      gate: 'change',
      title: text,
      subject: `sha256:${'4f1c9a7e'.repeat(8)}`,
      open: true,
      approvers: texts,
      quorum: 2,
      requiredGroups: texts,
      expiresAt: waiting.progress[0]?.at ?? 0,
      decided: texts,
      confirms: texts,
      held: text,
      closed: text,
      escalated: true,
      choices: ['approve', 'reject', 'hold', 'release', 'break-glass'],
    },
    failure: { code: 'INTERNAL', message: text, remedy: text, where: text, stage: text, lines: texts },
    progress: texts.map((line, place) => ({ key: String(place), at: 0, text: line })),
  };
}

/** Notices made to break what shows them, by what they try. */
export const hostileNotices = {
  markup: noticeOf(hostileMarkup.join(' ')),
  /** Each piece by itself at the beginning of a text, where much of Markdown counts only. */
  beginnings: hostileMarkup.map((markup) => noticeOf(markup)),
  characters: noticeOf(`ap${hostileCharacters.join('prove')}d`),
  secrets: noticeOf(secretText),
  /** 100 kB in every text. */
  long: noticeOf('<!channel> long & '.repeat(5_700)),
  /** As many of everything as a large installation has. */
  many: noticeOf('checkout', 200),
  empty: { ...noticeOf(''), targets: [], links: [], progress: [] },
};
