// Arithmetic of charts.

/** Returns {x, y}, from steps and values to places; null if there is nothing to show. */
export function makeScales(lines, { width, height, left, right, top, bottom, isLog }) {
  const values = lines.flatMap((line) => Array.from(line.values)).filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  const steps = lines.flatMap(({ steps: known }) => (known.length ? [known[0], known.at(-1)] : []));
  if (!values.length || !steps.length) return null;
  const way = isLog ? Math.log10 : (value) => value;
  const [low, high] = typical(values.map(way));
  const x = scale(Math.min(...steps), Math.max(...steps), left, width - right, 0, Math.max(2, Math.floor(width / 90)));
  const y = scale(low, high, height - bottom, top, 0.05, Math.max(2, Math.floor(height / 45)));
  return { x, y: bounded(y, values, way, isLog ? (value) => 10 ** value : (value) => value, [low, high]) };
}

/** A scale of values, with how many of them lie beyond what is shown. */
function bounded(plain, values, way, back, [low, high]) {
  const place = (value) => plain(way(value));
  const [a, b] = [plain(low), plain(high)].sort((one, other) => one - other);
  place.kept = (value) => Math.max(a - EDGE, Math.min(b + EDGE, place(value)));
  place.ticks = plain.ticks.map(back);
  place.above = values.filter((value) => way(value) > high).length;
  place.below = values.filter((value) => way(value) < low).length;
  place.most = Math.max(...values);
  place.least = Math.min(...values);
  return place;
}

const EDGE = 4;  // pixels beyond which an outlier is not drawn
const FEWEST = 10;  // values; of fewer none is an outlier
const FAR = 3;  // widths of the middle 96 %

/** Returns the range in which values lie, without the few that would flatten all the others. */
export function typical(values) {
  const sorted = Float64Array.from(values).sort(), last = sorted.length - 1;
  const [least, most] = [sorted[0], sorted[last]];
  if (sorted.length < FEWEST) return [least, most];
  const few = Math.max(1, Math.floor(0.02 * last));
  const low = sorted[few], high = sorted[last - few], width = high - low;
  if (!width) return [least, most];
  return [low - least > FAR * width ? low - width / 4 : least, most - high > FAR * width ? high + width / 4 : most];
}

function scale(low, high, start, end, padding, count) {
  const margin = high > low ? padding * (high - low) : Math.abs(low) / 10 || 1;
  const [a, b] = [low - margin, high + margin];
  const place = (value) => start + ((value - a) / (b - a)) * (end - start);
  place.back = (at) => a + ((at - start) / (end - start)) * (b - a);
  place.ticks = niceTicks(a, b, count);
  return place;
}

/** Returns about `count` round numbers within [low, high]: multiples of 1, 2 or 5 times 10^k. */
function niceTicks(low, high, count) {
  const power = 10 ** Math.floor(Math.log10((high - low) / count));
  const miss = (step) => Math.abs((high - low) / step - count);
  const step = [1, 2, 5, 10].map((multiple) => multiple * power).reduce((best, one) => (miss(one) < miss(best) ? one : best));
  const ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) ticks.push(index * step);
  return ticks;
}

/** Returns an exponential average that starts unbiased, as TensorBoard's does. */
export function smoothed(values, share) {
  if (!share) return values;
  let sum = 0, weight = 0;
  return Array.from(values, (value) => {
    sum = share * sum + (1 - share) * value;
    weight = share * weight + (1 - share);
    return sum / weight;
  });
}

/** Returns the index of the step nearest to `step`; steps rise. */
export function nearest(steps, step) {
  let low = 0, high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    steps[middle] < step ? (low = middle + 1) : (high = middle);
  }
  return low > 0 && step - steps[low - 1] < steps[low] - step ? low - 1 : low;
}
