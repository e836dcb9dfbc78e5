import type {
  BaselineRecord,
  KeepingActivities,
  LoadActivities,
  TrialInput,
  TrialRecord,
} from '@meshwright/model';

/** A load agent at its port: trials take no time and come out as told. */
export class FakeLoad {
  readonly trials: TrialInput[] = [];
  /** What a trial comes to; the same for all unless a test says otherwise. */
  behaviour: (input: TrialInput, earlier: number) => TrialRecord | Promise<TrialRecord> = () =>
    sampleTrial(20);

  reset(): void {
    this.trials.length = 0;
    this.behaviour = () => sampleTrial(20);
  }

  readonly activities: LoadActivities = {
    runTrial: async (input) => {
      const earlier = this.trials.push(input) - 1;
      return this.behaviour(input, earlier);
    },
  };
}

/** A trial with this p99 in milliseconds. */
export function sampleTrial(p99: number, invalid: readonly string[] = []): TrialRecord {
  return {
    generator: { id: 'builtin', version: '0.1.0' },
    startedAt: 1_800_000_000_000,
    invalid,
    requests: 3_000,
    achievedRate: 150,
    errors: {},
    measured: { p50: p99 / 4, p99 },
    latency: '',
  };
}

/** A results database at its port. */
export class FakeResults {
  readonly records: BaselineRecord[] = [];
  /** What saving throws, where a test says so. */
  refusal: Error | undefined;

  reset(): void {
    this.records.length = 0;
    this.refusal = undefined;
  }

  readonly activities: KeepingActivities = {
    keepBaseline: (record) => {
      if (this.refusal !== undefined) return Promise.reject(this.refusal);
      this.records.push(record);
      return Promise.resolve();
    },
  };
}
