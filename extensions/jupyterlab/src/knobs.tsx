import React from 'react';
import { ask } from './controls';
import { RunsModel } from './model';
import { IRun, isAtWork, shown } from './run';

/** What may be changed while the run trains; Enter asks for the new value. */
export function Knobs({ model, run }: { model: RunsModel; run: IRun }): JSX.Element | null {
  const { knobs = {}, knob_ranges: ranges = {} } = run.status;
  const names = Object.keys(knobs);
  if (!names.length) {
    return null;
  }
  return (
    <details className="mgl-knobs">
      <summary>Knobs</summary>
      <table>
        <tbody>
          {names.map(name => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Knob
                  name={name}
                  value={knobs[name]}
                  range={ranges[name] ?? [null, null]}
                  isDisabled={!isAtWork(run)}
                  onTurn={value => void ask(model, run, { set: { [name]: value } })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="mgl-note">
        Enter asks the run for the value. Empty gives the knob back to its schedule.
      </p>
    </details>
  );
}

interface IKnobProps {
  name: string;
  value: number;
  range: [number | null, number | null];
  isDisabled: boolean;
  onTurn: (value: number | null) => void;
}

function Knob({ name, value, range, isDisabled, onTurn }: IKnobProps): JSX.Element {
  const [typed, setTyped] = React.useState<string | null>(null); // null shows the run's own value
  const [least, most] = range;
  const number = typed === null ? value : Number(typed);
  const isWrong =
    Number.isNaN(number) || number < (least ?? -Infinity) || number > (most ?? Infinity);
  const turn = () => {
    if (typed !== null && !isWrong) {
      onTurn(typed.trim() === '' ? null : number);
      setTyped(null);
    }
  };
  return (
    <input
      type="text"
      inputMode="decimal"
      size={9}
      aria-label={name}
      aria-invalid={isWrong}
      title={`between ${least ?? '-∞'} and ${most ?? '∞'}`}
      disabled={isDisabled}
      value={typed ?? shown(value)}
      onChange={event => setTyped(event.target.value)}
      onBlur={() => setTyped(null)}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          turn();
        } else if (event.key === 'Escape') {
          setTyped(null);
        }
      }}
    />
  );
}
