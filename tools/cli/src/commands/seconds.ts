import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Seconds, from 1 to an hour. */
export const parseSeconds = secondsFrom(1);

/** Seconds, from none to an hour. */
export const parseSecondsOrNone = secondsFrom(0);

function secondsFrom(least: number): (text: string) => number {
  return (text) => {
    const seconds = Number(text);
    if (text.trim() === '' || !Number.isInteger(seconds) || seconds < least || seconds > 3600) {
      throw new InvalidArgumentError(`It is a whole number of seconds from ${least} to 3600.`);
    }
    return seconds;
  };
}
