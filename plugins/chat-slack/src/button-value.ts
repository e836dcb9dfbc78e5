import type { DecisionReference } from '@meshwright/model';
import { jsonOf } from '@meshwright/plugin-sdk';
import { z } from 'zod';

/** What a button or a dialogue carries, and Slack gives back as it was: exactly what was seen, and where. */
export interface Shown {
  reference: DecisionReference;
  /** The workspace that the app is installed in. */
  team: string;
  channel: string;
}

const id = z.string().min(1).max(1_000);

export const Reference: z.ZodType<DecisionReference> = z.strictObject({
  rollout: id,
  run: id,
  gate: id,
  subject: id,
});

const ShownShape: z.ZodType<Shown> = z.strictObject({ reference: Reference, team: id, channel: id });

/** Slack's limit of a button's value. */
const mostCharacters = 2_000;

/** What a button is about, as its value; undefined where it does not fit one. */
export function buttonValue(shown: Shown): string | undefined {
  const value = JSON.stringify(shown);
  return value.length <= mostCharacters ? value : undefined;
}

/** The same again; undefined where it is no value of ours. */
export function readButtonValue(value: string): Shown | undefined {
  return ShownShape.safeParse(jsonOf(value)).data;
}
