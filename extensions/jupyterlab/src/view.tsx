import { IStateDB } from '@jupyterlab/statedb';
import { ISignal, Signal } from '@lumino/signaling';
import React from 'react';

/** How curves are drawn, in every dashboard alike. */
export interface IView {
  isLog: boolean;
  /** In [0, 1); null as long as nobody has chosen: long lines are then smoothed a little. */
  smoothing: number | null;
}

/** The same, as shared views have it. */
export interface IChart {
  log: boolean;
  smoothing: number | null;
}

const KEY = 'multigan:view';

/** What people last chose, kept over a reload. */
export class View {
  constructor(private _state: IStateDB | null) {
    void _state?.fetch(KEY).then(found => {
      const { isLog, smoothing } = (found ?? {}) as Partial<IView>;
      this._take({
        isLog: isLog === true,
        smoothing: typeof smoothing === 'number' ? Math.min(0.99, Math.max(0, smoothing)) : null
      });
    });
  }

  get chart(): IChart {
    return { log: this._value.isLog, smoothing: this._value.smoothing };
  }

  set chart({ log, smoothing }: IChart) {
    this.set({ isLog: log, smoothing });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  set(change: Partial<IView>): void {
    this._take({ ...this._value, ...change });
    void this._state?.save(KEY, { ...this._value });
  }

  /** A hook: the present choice. */
  use(): IView {
    const [value, setValue] = React.useState(this._value);
    React.useEffect(() => {
      const take = () => setValue(this._value);
      this._changed.connect(take);
      take();
      return () => {
        this._changed.disconnect(take);
      };
    }, []);
    return value;
  }

  private _take(value: IView): void {
    this._value = value;
    this._changed.emit();
  }

  private _value: IView = { isLog: false, smoothing: null };
  private _changed = new Signal<this, void>(this);
}

/** Logarithm and smoothing. */
export function ChartOptions({ view }: { view: View }): JSX.Element {
  const { isLog, smoothing: chosen } = view.use();
  const smoothing = chosen ?? 0;
  return (
    <div className="mgl-toolbar mgl-options">
      <label>
        <input
          type="checkbox"
          checked={isLog}
          onChange={event => view.set({ isLog: event.target.checked })}
        />{' '}
        Log scale
      </label>
      <label className="mgl-smoothing">
        Smoothing
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onChange={event => view.set({ smoothing: Number(event.target.value) })}
        />
        <span>{smoothing.toFixed(2)}</span>
      </label>
    </div>
  );
}
