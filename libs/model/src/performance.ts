/** What a comparison came to. Only `regressed` takes a change back by itself. */
export const Verdict = {
  passed: 'passed',
  regressed: 'regressed',
  inconclusive: 'inconclusive',
} as const;
/** What a comparison came to. */
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** How both arms of a comparison were put side by side, from the strongest to the weakest. */
export const Contrast = {
  /** D1: both configurations live at once, and each block measures both. */
  concurrent: 'D1',
  /** D2: a reversible change is switched on and off. */
  toggled: 'D2',
  /** D3: before and after, less what a probe that the change does not touch saw in the same windows. */
  controlled: 'D3',
  /** Before and after alone: drift of the machine cannot be told from the change. */
  advisory: 'advisory',
} as const;
/** How both arms of a comparison were put side by side. */
export type Contrast = (typeof Contrast)[keyof typeof Contrast];

/** Counts of one trial's measurements: each bucket holds those above the one before it, up to and with its own bound. */
export interface Histogram {
  /** In the order of their bounds. */
  buckets: readonly { upTo: number; count: number }[];
}
