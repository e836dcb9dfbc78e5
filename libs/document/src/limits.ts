/** How much of a file is read before it is refused. Every limit holds before memory or time is spent on what exceeds it. */
export interface DocumentLimits {
  /** Bytes of the file. */
  bytes: number;
  /** Levels of nesting, flow or block. */
  depth: number;
  /** Lexical tokens of the file (keys, values, indicators, line breaks): what parsing costs time and memory for. */
  tokens: number;
  /** Documents in the file. */
  documents: number;
  /** Values that aliases may add up to when they are written out. */
  aliasedValues: number;
  /** Diagnostics told of one file. */
  diagnostics: number;
}

const mebibyte = 1024 * 1024;

/** For a file that people write: a pattern, the configuration. */
export const handwrittenLimits: DocumentLimits = {
  bytes: mebibyte,
  depth: 100,
  tokens: 100_000,
  documents: 100,
  aliasedValues: 10_000,
  diagnostics: 50,
};

/** For a file of Kubernetes objects, often generated. */
export const manifestLimits: DocumentLimits = {
  ...handwrittenLimits,
  bytes: 10 * mebibyte,
  tokens: 2_000_000,
  documents: 5_000,
};
