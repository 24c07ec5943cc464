import React from 'react';
import { shown } from './run';
import { IScale, linearScale, logScale, nearest, Point, smoothed } from './scales';

export interface ILine {
  name: string;
  /** Which of the colors and dashes; lines of different index look different without color too. */
  index: number;
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

interface IDrawn extends ILine {
  raw: Point[];
}

interface IFrame {
  width: number;
  height: number;
  left: number;
  bottom: number;
}

const RIGHT = 12;
const TOP = 6;
const STYLES = 8; // style/base.css has as many colors and dashes

/** Lines over steps. The legend says the values under the pointer, or the newest. */
export function Chart(props: IChartProps): JSX.Element | null {
  const { title, isLog = false, smoothing = 0, height = 200, isSmall = false } = props;
  const [box, setBox] = React.useState<HTMLDivElement | null>(null);
  const width = useWidth(box);
  const [at, setAt] = React.useState<number | null>(null);
  const drawn = React.useMemo(
    () => props.lines.map(line => prepared(line, isLog, smoothing)).filter(l => l.points.length),
    [props.lines, isLog, smoothing]
  );
  const hidden = props.lines.length - drawn.length;
  if (!props.lines.some(line => line.points.length)) {
    return null;
  }
  const frame = { width, height, left: isSmall ? 6 : 56, bottom: isSmall ? 6 : 30 };
  const scales = drawn.length ? makeScales(drawn, frame, isLog) : null;
  const cursor = isSmall || at === null || !drawn.length ? null : snapped(drawn, at);
  return (
    <div className="mgl-chart" ref={setBox} data-title={title}>
      {!isSmall && <h3>{title}</h3>}
      {!isSmall && <Legend lines={drawn} at={cursor} />}
      {scales && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${title}: ${drawn.map(line => lastValue(line)).join(', ')}`}
          tabIndex={isSmall ? undefined : 0}
          onPointerMove={event => setAt(stepUnder(event, drawn, scales[0]))}
          onPointerLeave={() => setAt(null)}
          onBlur={() => setAt(null)}
          onKeyDown={event => setAt(neighbor(event, drawn, cursor) ?? at)}
        >
          {!isSmall && <Axes frame={frame} xs={scales[0]} ys={scales[1]} />}
          {drawn.map(line => (
            <Line key={line.name} line={line} xs={scales[0]} ys={scales[1]} />
          ))}
          {cursor !== null && (
            <line
              className="mgl-cursor"
              x1={scales[0](cursor)}
              x2={scales[0](cursor)}
              y1={TOP}
              y2={height - frame.bottom}
            />
          )}
        </svg>
      )}
      {hidden > 0 && isLog && (
        <p className="mgl-note">{hidden} without positive values: a logarithm cannot show them.</p>
      )}
    </div>
  );
}

function Legend({ lines, at }: { lines: IDrawn[]; at: number | null }): JSX.Element {
  return (
    <p className="mgl-legend">
      <span className="mgl-at">{at === null ? 'newest' : `step ${at}`}</span>
      {lines.map(line => (
        <span key={line.name}>
          <svg width="18" height="8" aria-hidden="true">
            <line x1="0" x2="18" y1="4" y2="4" className={`mgl-line mgl-style-${line.index % STYLES}`} />
          </svg>
          {line.name} <b>{valueAt(line, at)}</b>
        </span>
      ))}
    </p>
  );
}

function Line({ line, xs, ys }: { line: IDrawn; xs: IScale; ys: IScale }): JSX.Element {
  const style = `mgl-style-${line.index % STYLES}`;
  if (line.points.length === 1) {
    const [x, y] = line.points[0];
    return <circle className={`mgl-dot ${style}`} cx={xs(x)} cy={ys(y)} r={3} />;
  }
  const path = (points: Point[]) =>
    points.map(([x, y]) => `${xs(x).toFixed(1)},${ys(y).toFixed(1)}`).join(' ');
  return (
    <>
      {line.raw !== line.points && (
        <polyline className={`mgl-line mgl-raw ${style}`} points={path(line.raw)} />
      )}
      <polyline className={`mgl-line ${style}`} points={path(line.points)} />
    </>
  );
}

function Axes({ frame, xs, ys }: { frame: IFrame; xs: IScale; ys: IScale }): JSX.Element {
  const { width, height, left, bottom } = frame;
  return (
    <g className="mgl-axes" aria-hidden="true">
      {ys.ticks.map(tick => (
        <g key={tick}>
          <line x1={left} x2={width - RIGHT} y1={ys(tick)} y2={ys(tick)} />
          <text x={left - 6} y={ys(tick) + 4} textAnchor="end">
            {shown(tick)}
          </text>
        </g>
      ))}
      {xs.ticks.map(tick => (
        <text key={tick} x={xs(tick)} y={height - bottom + 16} textAnchor="middle">
          {tick}
        </text>
      ))}
      <text x={width - RIGHT} y={height - 2} textAnchor="end">
        step
      </text>
    </g>
  );
}

function prepared(line: ILine, isLog: boolean, smoothing: number): IDrawn {
  const raw = isLog ? line.points.filter(([, y]) => y > 0) : line.points;
  return { ...line, raw, points: smoothing > 0 ? smoothed(raw, smoothing) : raw };
}

function makeScales(lines: IDrawn[], frame: IFrame, isLog: boolean): [IScale, IScale] {
  const { width, height, left, bottom } = frame;
  const points = lines.flatMap(line => line.raw);
  const ys = points.map(([, y]) => y);
  const count = Math.max(2, Math.floor(width / 110));
  return [
    linearScale(points.map(([x]) => x), left, width - RIGHT, count),
    isLog ? logScale(ys, height - bottom, TOP) : linearScale(ys, height - bottom, TOP, 5, 0.05)
  ];
}

/** All steps at which the line with most points has one. */
function steps(lines: IDrawn[]): Point[] {
  return lines.reduce((a, b) => (b.points.length > a.points.length ? b : a)).points;
}

function snapped(lines: IDrawn[], step: number): number {
  const points = steps(lines);
  return points[nearest(points, step)][0];
}

function stepUnder(event: React.PointerEvent<SVGSVGElement>, lines: IDrawn[], xs: IScale): number {
  const place = event.clientX - event.currentTarget.getBoundingClientRect().left;
  const points = steps(lines);
  const places = points.map(([x]): Point => [xs(x), 0]);
  return points[nearest(places, place)][0];
}

/** The step to the left or right of the cursor, if an arrow key was pressed. */
function neighbor(event: React.KeyboardEvent, lines: IDrawn[], at: number | null): number | null {
  const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (move === undefined || !lines.length) {
    return null;
  }
  event.preventDefault();
  const points = steps(lines);
  const index = at === null ? points.length - 1 : nearest(points, at) + move;
  return points[Math.min(points.length - 1, Math.max(0, index))][0];
}

function valueAt(line: IDrawn, at: number | null): string {
  const index = at === null ? line.points.length - 1 : nearest(line.points, at);
  return shown(line.points[index][1]);
}

function lastValue(line: IDrawn): string {
  return `${line.name} ${valueAt(line, null)}`;
}

function useWidth(box: HTMLElement | null): number {
  const [width, setWidth] = React.useState(320);
  React.useEffect(() => {
    if (!box) {
      return;
    }
    const observer = new ResizeObserver(([entry]) => {
      if (entry.contentRect.width > 0) {
        setWidth(Math.floor(entry.contentRect.width));
      }
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
