import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Seconds, from 1 to an hour. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw new InvalidArgumentError('It is a whole number of seconds from 1 to 3600.');
  }
  return seconds;
}
