import React from 'react';
import { ISharedChart, lineChart } from '../../../multigan/notebook/static/chart.js';

export type Point = [x: number, y: number];

export interface ILine {
  name: string;
  points: Point[];
}

interface IChartProps {
  title: string;
  lines: ILine[];
  isLog?: boolean;
  /** The weight of the past in the drawn average, in [0, 1); 0 draws what was measured. */
  smoothing?: number;
  height?: number;
  /** Without axes and legend, for a place as small as the side panel. */
  isSmall?: boolean;
}

/** The chart that notebook widgets draw, too. */
export function Chart(props: IChartProps): JSX.Element | null {
  const { title, lines, isLog = false, smoothing = 0, height = 200, isSmall = false } = props;
  const box = React.useRef<HTMLDivElement>(null);
  const chart = React.useRef<ISharedChart | null>(null);
  const isEmpty = !lines.some(line => line.points.length);
  React.useEffect(() => {
    if (isEmpty || !box.current) {
      return;
    }
    const made = lineChart(title, { height, isSmall });
    chart.current = made;
    box.current.append(made.element);
    return () => {
      chart.current = null;
      made.stop();
      made.element.remove();
    };
  }, [title, isEmpty, height, isSmall]);
  React.useEffect(() => {
    const filled = lines.filter(line => line.points.length);
    const drawn = filled.map(({ name, points }) => ({
      name,
      label: name,
      steps: points.map(([x]) => x),
      values: points.map(([, y]) => y)
    }));
    chart.current?.update(drawn, { log: isLog, smoothing });
  }, [lines, isLog, smoothing, isEmpty, title, height, isSmall]);
  return isEmpty ? null : <div className="mg mgl-shared" ref={box} />;
}
