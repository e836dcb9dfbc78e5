import { Arrivals } from '@meshwright/model';
import { seededRandom } from '@meshwright/statistics';

/**
 * When each request is to be sent, in milliseconds from the start: at equal distances, or with exponentially distributed
 * ones, which is a Poisson process. Both send as many on average.
 */
export function scheduleOf({
  rate,
  seconds,
  arrivals,
  seed,
}: {
  rate: number;
  seconds: number;
  arrivals: Arrivals;
  seed: number;
}): Float64Array {
  const distance = 1_000 / rate;
  const end = seconds * 1_000;
  if (arrivals === Arrivals.uniform) {
    // A whole number of requests may come out a hair above itself.
    return Float64Array.from({ length: Math.ceil(rate * seconds - 1e-9) }, (_, place) => place * distance);
  }
  const random = seededRandom(seed);
  const times: number[] = [];
  for (let at = drawn(); at < end; at += drawn()) times.push(at);
  return Float64Array.from(times);

  function drawn(): number {
    return -Math.log(1 - random.next()) * distance;
  }
}
