import { type Look, type Rule } from '../finding.ts';

/** Objects are of the form of their kind, as far as the other rules read them. */
export const readable: Rule = {
  id: 'form',
  title: 'Objects are of the form of their kind',
  needs: [],
  look: ({ unreadable }): Look => ({
    findings: unreadable.map(({ name, fromPattern, problem }) => ({
      object: name,
      problem: `cannot be read (${problem}), so nothing else was looked at in it`,
      remedy: 'correct the field',
      blocks: fromPattern,
    })),
    looked: 'every object could be read',
  }),
};
