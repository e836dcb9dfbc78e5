/** A sample of the Prometheus text format: `name{label="value"} 12`. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const sampleForm = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const labelForm = /([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of the given names in a Prometheus text; everything else, and what is no number, is passed over. */
export function samplesOf(text: string, names: ReadonlySet<string>): Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const [, name, labels = '', value] = sampleForm.exec(line.trimEnd()) ?? [];
    if (name === undefined || value === undefined || !names.has(name)) continue;
    const number = Number(value);
    if (Number.isFinite(number)) samples.push({ name, labels: labelsOf(labels), value: number });
  }
  return samples;
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(labelForm)].map(([, name = '', value = '']) => [name, value]));
}
