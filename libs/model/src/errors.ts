/**
 * What went wrong, as a word that programs can rely on. `retryable` tells whether the same call may
 * succeed later without anybody changing anything.
 */
export const errorCodes = {
  INVALID_PATTERN: { retryable: false },
  INVALID_CONFIGURATION: { retryable: false },
  UNKNOWN_PLUGIN: { retryable: false },
  UNKNOWN_TARGET: { retryable: false },
  UNKNOWN_REPOSITORY: { retryable: false },
  UNSUPPORTED: { retryable: false },
  REPOSITORY_UNREACHABLE: { retryable: true },
  REPOSITORY_REFUSED: { retryable: false },
  COMMIT_MISSING: { retryable: false },
  SIGNATURE_REFUSED: { retryable: false },
  CHART_UNAVAILABLE: { retryable: true },
  CHART_MISSING: { retryable: false },
  CHART_REFUSED: { retryable: false },
  CHART_RENDER_FAILED: { retryable: false },
  CLUSTER_UNREACHABLE: { retryable: true },
  CLUSTER_UNAUTHORIZED: { retryable: false },
  API_REFUSED: { retryable: false },
  ADMISSION_DENIED: { retryable: false },
  KIND_NOT_SERVED: { retryable: false },
  FIELD_CONFLICT: { retryable: false },
  FOREIGN_INSTALLATION: { retryable: false },
  FOREIGN_OBJECT: { retryable: false },
  DELETE_BUDGET_EXCEEDED: { retryable: false },
  NOT_READY: { retryable: false },
  /** A look before the change found something that must be mended first. */
  PREFLIGHT_FAILED: { retryable: false },
  /** The commit was rolled back and is not tried again by itself. */
  HELD: { retryable: false },
  /** Objects that should be gone are still there. */
  NOT_DELETED: { retryable: false },
  PLAN_MISMATCH: { retryable: false },
  EVIDENCE_MISSING: { retryable: false },
  EVIDENCE_UNAVAILABLE: { retryable: true },
  RESULTS_UNAVAILABLE: { retryable: true },
  /** The results database is newer than this program. */
  RESULTS_INCOMPATIBLE: { retryable: false },
  TEMPORAL_UNREACHABLE: { retryable: true },
  APPROVAL_REFUSED: { retryable: false },
  APPROVAL_REJECTED: { retryable: false },
  APPROVAL_EXPIRED: { retryable: false },
  /** What a person asked of a running rollout does not fit what it is doing. */
  COMMAND_REFUSED: { retryable: false },
  SUPERSEDED: { retryable: false },
  /** A forge or a chat does not answer. */
  SERVICE_UNREACHABLE: { retryable: true },
  /** A forge or a chat has refused what it was asked for. */
  SERVICE_REFUSED: { retryable: false },
  /** A request came without an identity that is believed. */
  UNAUTHENTICATED: { retryable: false },
  INVALID_POLICY: { retryable: false },
  PREREQUISITE_MISSING: { retryable: false },
  INVALID_INPUT: { retryable: false },
  LOAD_UNAVAILABLE: { retryable: false },
  LOAD_FAILED: { retryable: true },
  /** Not one request of a trial found a server. */
  LOAD_UNREACHED: { retryable: true },
  /** A change made its workload worse, and was taken back or is held for it. */
  REGRESSED: { retryable: false },
  /** A change could not be judged. */
  INCONCLUSIVE: { retryable: false },
  /** Requests failed more often while a change ran. */
  ERROR_BURST: { retryable: false },
  INTERNAL: { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

/** What an error carries besides its message; everything here may be shown to people. */
export interface ErrorDetails {
  /** What to do about it, as one sentence. */
  remedy?: string;
  /** Where: a cluster, an object, a file position. */
  where?: string;
  /** Further lines, such as one for each refused object; bounded by whoever makes the error. */
  lines?: string[];
}

/** The one error class of Meshwright. The message says what happened, where and why; never a secret. */
export class MeshwrightError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'MeshwrightError';
    this.code = code;
    this.details = details;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

/** True for a Meshwright error, also one from another copy of this package. */
export function isMeshwrightError(error: unknown): error is MeshwrightError {
  return error instanceof Error && error.name === 'MeshwrightError' && 'code' in error && 'details' in error;
}

/** An error as plain lines for a terminal: what happened, its further lines, and the remedy. */
export function formatError({ message, details }: MeshwrightError): string {
  const { lines = [], remedy } = details;
  return [`error: ${message}`, ...lines, ...(remedy === undefined ? [] : [remedy])].join('\n');
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
