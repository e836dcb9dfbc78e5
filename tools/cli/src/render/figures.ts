import { escapeText } from '@meshwright/wording';

const digits = 4;

/** A figure with four digits and its unit: `12.35 ms`; a dash where there is none. */
export function figure(value: number | undefined, unit = ''): string {
  if (value === undefined) return '-';
  const text = String(Number(value.toPrecision(digits)));
  return unit === '' ? text : `${text} ${escapeText(unit)}`;
}

/** How many times one figure another is: `×1.02`. */
export function ratio(value: number | undefined): string {
  return value === undefined ? '-' : `×${value.toFixed(3)}`;
}

/** A change of a level: `+17.2 %`. */
export function percentage(factor: number): string {
  const percent = (factor - 1) * 100;
  return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`;
}
