import type { ApprovalTerms } from '@meshwright/model';

/** A policy file as it is written, with its defaults. */
export interface WrittenPolicy {
  people: WrittenPerson[];
  groups: Record<string, string[] | { team: string }>;
  changes: Pick<ApprovalTerms, 'approvers' | 'quorum' | 'requiredGroups'> & { expiresAfter: number };
  breakGlass: string[];
  windows: WrittenWindow[];
  freezes: WrittenFreeze[];
}

export interface WrittenPerson {
  name: string;
  emails: string[];
  accounts: Record<string, string | string[]>;
}

interface Scope {
  name: string;
  timeZone: string;
  patterns: string[];
  clusters: string[];
}

export interface WrittenWindow extends Scope {
  kind: 'allow' | 'deny';
  days: number[];
  /** Minutes of the day. */
  from: number;
  to: number;
}

export interface WrittenFreeze extends Scope {
  /** Local times: `2026-12-20T18:00`. */
  from: string;
  to: string;
}
