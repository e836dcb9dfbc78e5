import type { Observation, Violation } from './observation.ts';

/** Invariant 6: no secret byte in histories, logs, evidence, or what is printed; also not encoded. */
export function checkSecrets({ texts, secrets }: Observation): Violation[] {
  return texts.flatMap(({ place, text }) =>
    secrets
      .filter(({ value }) => formsOf(value).some((form) => text.includes(form)))
      .map((secret) => ({ invariant: 6, what: `The ${secret.place} is in ${place}.` }) as const),
  );
}

/** The secret as it is, in hexadecimal digits, and in base64 wherever it may begin in what was encoded. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const inBase64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The first and the last digits also depend on what stands beside the secret.
    return encoded.slice(offset === 0 ? 0 : offset + 1, (bytes.length + offset) % 3 === 0 ? undefined : -1);
  });
  const forUrls = inBase64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([value, bytes.toString('hex'), ...inBase64, ...forUrls])];
}
