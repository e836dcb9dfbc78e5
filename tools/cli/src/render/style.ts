import { createColors } from 'picocolors';

/** Colours and weights for a terminal; each gives the text back unchanged where colour is off. */
export interface Style {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
}

/** Gives text a look. */
export type Paint = (text: string) => string;

/** What rendering needs to know of the screen and the moment. */
export interface View {
  style: Style;
  /** Columns; lines are cut to it. */
  width: number;
  /** Milliseconds since 1970. */
  now: number;
}

/** A style with or without colour. */
export function createStyle(color: boolean): Style {
  const { bold, dim, red, green, yellow, cyan } = createColors(color);
  return { bold, dim, red, green, yellow, cyan };
}

/**
 * Whether to colour a stream: `--no-color` and NO_COLOR (https://no-color.org) say no, FORCE_COLOR says
 * yes, else a terminal gets colour unless it is a dumb one.
 */
export function wantsColor(options: {
  flag: boolean;
  isTerminal: boolean;
  env: Readonly<Record<string, string | undefined>>;
}): boolean {
  const { flag, isTerminal, env } = options;
  if (!flag || isSet(env.NO_COLOR)) return false;
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
