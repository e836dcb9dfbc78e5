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

/** The numbers of blocks at which a comparison is judged: more are added where the one before was inconclusive. */
export const usualLooks = [7, 10, 13, 16] as const;

/** Counts of one trial's measurements: each bucket holds those above the one before it, up to and with its own bound. */
export interface Histogram {
  /** In the order of their bounds. */
  buckets: readonly { upTo: number; count: number }[];
}

/** How much worse an arm may be. Both have to be reached for a regression. */
export interface Limit {
  /** As a share: 0.1 is a tenth. */
  relative: number;
  /** In the unit of the metric. */
  absolute: number;
}

/** A metric to be judged; more of it is worse. */
export interface Metric {
  /** `p99` and the like name a percentile: measurements of it may be histograms. */
  name: string;
  unit?: string;
  limit?: Partial<Limit>;
}

/** What was found of one metric. Absent figures could not be had. */
export interface JudgedMetric {
  name: string;
  verdict: Verdict;
  /** What is behind the verdict, in a sentence. */
  reason: string;
  /** How many blocks it rests on. */
  blocks: number;
  /** How many times A the arm B is: 1.1 is a tenth worse. */
  ratio?: number;
  /** The ends of the interval around the ratio; 90 % where the comparison is looked at once. */
  interval?: [low: number, high: number];
  /** How often a trial of B is above one of A; 0.5 is no effect. */
  effect?: number;
  /** The standard deviation of the blocks' logarithms. */
  sd?: number;
  /** The least effect that so many blocks with such a deviation show four times in five: 0.08 is 8 %. */
  detectable?: number;
  /** How probable such ranks are without an effect, adjusted for the metrics judged together. */
  pValue?: number;
  /** The same by flipping signs, not adjusted: a check by other means. */
  permutationPValue?: number;
}

/** What a comparison came to. */
export interface Judgement {
  id: string;
  verdict: Verdict;
  reason: string;
  metrics: JudgedMetric[];
}
