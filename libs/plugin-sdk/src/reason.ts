import { clipped, Decision } from '@meshwright/model';

/** How long a reason has to be, and may be, in characters. */
export const reasonLength = { least: 3, most: 500 } as const;

/** The dialogue that asks for a reason, in words. */
export const reasonWords = {
  label: 'Reason',
  hint: 'It is kept with the decision, and shown to everybody.',
  missing: 'A reason is needed.',
} as const;

/** What the dialogue of a decision is called: 24 characters at most, which is what services have room for. */
export const dialogueTitles: Readonly<Record<Decision, string>> = {
  [Decision.approve]: 'Approve',
  [Decision.reject]: 'Reject',
  [Decision.hold]: 'Hold',
  [Decision.release]: 'Release',
  [Decision.breakGlass]: 'Break the glass',
};

/** The reason in what somebody has written; undefined where there is none. */
export function reasonIn(written: string | null | undefined): string | undefined {
  const reason = (written ?? '').trim();
  return reason === '' ? undefined : clipped(reason, reasonLength.most);
}
