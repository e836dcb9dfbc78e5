import fc from 'fast-check';
import type { MeasuredBaseline } from '../measured.ts';
import { simulatedBaseline } from './simulated.ts';

/** What would act if it were not escaped: as HTML, in an attribute, as Markdown, on a terminal, as a mention. */
export const hostileText =
  `"><script>alert(1)</script><img src=x onerror='x'>&amp;</style></svg>]]>--> @everyone #1 ` +
  '[x](javascript:x) `` ``` | \\| \\\\| <!-- **b** https://evil.example\n# h\u0000\u001b[2J\u202e\ud800\uffff';

/** Texts of everything that means something to HTML, Markdown, a terminal or a string of UTF-16. */
export function hostileTexts(maxLength: number): fc.Arbitrary<string> {
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  const others = [
    'é',
    '漢',
    '👩‍💻',
    '\u0301',
    '\u009b',
    '\u2028',
    '\u202e',
    '\u200d',
    '\ud83d',
    '\udc00',
    '\ufffe',
    '\u{10ffff}',
  ];
  return fc.string({ unit: fc.constantFrom(...ascii, ...others), minLength: 1, maxLength });
}

const baseline = simulatedBaseline({ environment: 'noisy', blocks: 6, lost: [1] });

/** A comparison in which everything that is text is hostile, and long. */
export function hostileBaseline(text: string = hostileText): MeasuredBaseline {
  const name = text.slice(0, 60);
  const metrics = [{ name, unit: text }];
  const trial = (given: MeasuredBaseline['status']['blocks'][number]['a']) => ({
    ...given,
    generator: { id: text, version: text },
    invalid: given.invalid.length === 0 ? [] : [text, text, text, text],
    errors: { [text]: 3, [`${text}2`]: 4 },
    measured: { [name]: given.measured.p99! },
    noCost: text,
  });
  const endpoint = {
    protocol: baseline.input.paths.a.endpoint.protocol,
    address: `http://user:secret@host/${text}?token=secret`,
    method: text,
    headers: { [text]: 'secret', Authorization: 'Bearer secret' },
    body: text,
    service: text,
  };
  const path = { probe: { cluster: text, namespace: text, labelSelector: text, port: 8_080 }, endpoint };
  const verdict = 'inconclusive' as const;
  return {
    input: {
      ...baseline.input,
      name: text,
      agent: text,
      generator: text,
      metrics,
      paths: { a: path, b: path },
      control: path,
    },
    status: {
      ...baseline.status,
      name: text,
      metrics,
      waitingFor: text,
      blocks: baseline.status.blocks.map((block) => ({ ...block, a: trial(block.a), b: trial(block.b) })),
      judgement: {
        id: text,
        verdict,
        reason: text,
        metrics: [
          {
            name,
            verdict,
            reason: text,
            blocks: 3,
            ratio: 1.2,
            interval: [0.9, 1.4],
            sd: 0.1,
            detectable: 0.2,
          },
        ],
      },
    },
  };
}

/** A comparison whose figures are none, or larger than anything. */
export function absurdBaseline(figure: number): MeasuredBaseline {
  const { judgement } = baseline.status;
  const trial = (given: MeasuredBaseline['status']['blocks'][number]['a']) => ({
    ...given,
    startedAt: figure,
    requests: figure,
    achievedRate: figure,
    errors: { timeout: figure },
    measured: Object.fromEntries(Object.keys(given.measured).map((name) => [name, figure])),
  });
  const judged = (judgement?.metrics ?? []).map((metric) => ({
    ...metric,
    ratio: figure,
    interval: [figure, figure] as [number, number],
    effect: figure,
    sd: figure,
    detectable: figure,
  }));
  return {
    input: { ...baseline.input, seed: figure, load: { ...baseline.input.load, rate: figure } },
    status: {
      ...baseline.status,
      blocks: baseline.status.blocks.map((block, place) =>
        place === 0 ? block : { ...block, a: trial(block.a), b: trial(block.b) },
      ),
      judgement: { ...judgement!, metrics: judged },
    },
  };
}
