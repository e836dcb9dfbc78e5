import type { MetricSeries, SeriesPoint } from '@meshwright/results';
import { changePoints } from '@meshwright/statistics';

/** Where a level begins that differs from the one before. */
export interface LevelChange {
  /** The medians of both levels. */
  before: number;
  after: number;
  /** How many times the one before the new level is. */
  ratio?: number;
  /** How probable so clear a change is where nothing changed. */
  pValue: number;
}

/** A figure; the first of a new level says so. */
export interface MarkedPoint extends SeriesPoint {
  change?: LevelChange;
}

/** The newest figures of a series. */
export interface MarkedSeries extends MetricSeries {
  /** How many there are in all. */
  figures: number;
  points: MarkedPoint[];
}

/** With fewer figures no division is clear enough: of 13, two orders in 1,716 are as clear as can be. */
export const fewestFigures = 14;

/** The newest so many figures of a series, with the change points of the whole marked. */
export function marked(series: MetricSeries, newest: number): MarkedSeries {
  const found = new Map(
    changePoints(series.points.map(({ value }) => value)).map((point) => [point.place, point]),
  );
  const points = series.points.map((point, place): MarkedPoint => {
    const change = found.get(place);
    if (change === undefined) return point;
    const { before, after, pValue } = change;
    return { ...point, change: { before, after, ...(before > 0 ? { ratio: after / before } : {}), pValue } };
  });
  return { ...series, figures: points.length, points: points.slice(-newest) };
}
