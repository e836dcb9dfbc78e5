import type { Digest, NoticeLink } from '@meshwright/model';

/** What a plan holds beside its summary, as people are shown it. */
export interface PlanFacts {
  /** Its diff object by object and field by field, redacted as the plan itself is. */
  lines: string[];
  /** What it deletes. */
  deletes: string[];
}

/** What a notice needs beside the status that it is about. */
export interface NoticeFacts {
  /** By digest; a plan without facts is told by its summary alone. */
  plans: ReadonlyMap<Digest, PlanFacts>;
  links: NoticeLink[];
  commitUrl?: string;
}
