const longestIdentity = 200;
const longestReason = 1_000;
/** Control characters and those that reorder text: a name that holds them could pass for another. */
const deceptive = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** What is wrong with who asks and why, as it came from outside; undefined when nothing is. */
export function malformedPerson(identity: unknown, reason: unknown): string | undefined {
  if (typeof identity !== 'string' || identity.trim() === '') return 'The request names nobody who makes it.';
  if (identity.length > longestIdentity || identity !== identity.trim() || deceptive.test(identity)) {
    return `An identity has at most ${longestIdentity} visible characters, without spaces around them.`;
  }
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > longestReason)) {
    return `A reason has at most ${longestReason} characters.`;
  }
  return undefined;
}

/** Whether two names are one, whatever their case and their Unicode form. */
export function samePerson(a: string, b: string): boolean {
  return a.normalize('NFKC').toLowerCase() === b.normalize('NFKC').toLowerCase();
}
