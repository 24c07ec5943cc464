/** The modules that notebook widgets and this extension have in common: multigan/notebook/static. */

declare module '*/static/dashboard.js' {
  import { IViewModel } from './traits';
  const view: { render(arguments_: { model: IViewModel; el: HTMLElement }): () => void };
  export default view;
}

declare module '*/static/chart.js' {
  export interface ISharedLine {
    name: string;
    label?: string;
    steps: ArrayLike<number>;
    values: ArrayLike<number>;
  }
  export interface ISharedChart {
    element: HTMLElement;
    update(lines: ISharedLine[], options: { log: boolean; smoothing: number }): void;
    stop(): void;
  }
  export function lineChart(title: string, options?: { height?: number; isSmall?: boolean }): ISharedChart;
}

declare module '*/static/runs.js' {
  import { IViewModel } from './traits';
  export function runTable(model: IViewModel): { element: HTMLElement; stop(): void };
}
