/** Arithmetic of charts. */

export type Point = [x: number, y: number];

/** A map from values to places on the chart. */
export interface IScale {
  (value: number): number;
  ticks: number[];
}

/** Values on a linear scale; `padding` is the share of the range left free at both ends. */
export function linearScale(
  values: number[],
  start: number,
  end: number,
  count: number,
  padding = 0
): IScale {
  const [least, most] = range(values);
  const margin = least < most ? padding * (most - least) : Math.abs(most) / 10 || 1;
  const [low, high] = [least - margin, most + margin];
  const scale = (value: number) => start + ((value - low) / (high - low)) * (end - start);
  return Object.assign(scale, { ticks: niceTicks(low, high, count) });
}

/** Positive values on a logarithmic scale, with ticks at powers of ten or, in between, at 2 and 5. */
export function logScale(values: number[], start: number, end: number): IScale {
  const [least, most] = range(values.map(Math.log10));
  const margin = 0.05 * (most - least) || 0.5;
  const [low, high] = [least - margin, most + margin];
  const scale = (value: number) => start + ((Math.log10(value) - low) / (high - low)) * (end - start);
  const decades = Array.from(
    { length: Math.floor(high) - Math.floor(low) + 1 },
    (_, index) => Math.floor(low) + index
  );
  const multiples = high - low < 3 ? [1, 2, 5] : [1];
  const ticks = decades.flatMap(decade => multiples.map(m => m * 10 ** decade));
  return Object.assign(scale, {
    ticks: ticks.filter(tick => Math.log10(tick) >= low && Math.log10(tick) <= high)
  });
}

/** About `count` round numbers in [low, high]: multiples of 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const power = 10 ** Math.floor(Math.log10((high - low) / count));
  const miss = (step: number) => Math.abs((high - low) / step - count);
  const step = [1, 2, 5, 10].map(m => m * power).reduce((a, b) => (miss(b) < miss(a) ? b : a));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/**
 * An exponential moving average; `amount` is the weight of the past, in [0, 1).
 *
 * The average starts unbiased: it is divided by the weight that it has gathered.
 */
export function smoothed(points: Point[], amount: number): Point[] {
  let sum = 0;
  let weight = 0;
  return points.map(([x, y]) => {
    sum = amount * sum + (1 - amount) * y;
    weight = amount * weight + (1 - amount);
    return [x, sum / weight];
  });
}

/** The index of the point whose x is nearest; the points are in order of x. */
export function nearest(points: Point[], x: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low > 0 && x - points[low - 1][0] < points[low][0] - x ? low - 1 : low;
}

function range(values: number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
