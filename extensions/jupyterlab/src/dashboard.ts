import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import view from '../../../multigan/notebook/static/dashboard.js';
import { RunsModel } from './model';
import { IAround, RunTraits } from './traits';
import { View } from './view';

/**
 * A run in the main area, drawn by the module that draws a notebook's dashboard.
 *
 * While it is hidden nobody looks, so nothing is read.
 */
export class RunDashboard extends Widget {
  constructor(
    private _runs: RunsModel,
    private _path: string,
    private _view: View,
    private _around: IAround
  ) {
    super();
    this.addClass('mgl-main');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', `Run ${_path}`);
    this.node.dataset.path = _path;
    this.node.tabIndex = -1;
  }

  protected onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._open();
  }

  protected onAfterShow(): void {
    this._open();
  }

  protected onAfterHide(): void {
    this._model?.pause();
  }

  protected onBeforeDetach(message: Message): void {
    this._stop?.();
    this._model?.stop();
    this._stop = this._model = null;
    super.onBeforeDetach(message);
  }

  private _open(): void {
    if (this._model) {
      this._model.follow();
    } else if (this.isVisible) {
      const el = document.createElement('div');
      this.node.replaceChildren(el);
      this._model = new RunTraits(this._runs, this._path, this._view, this._around);
      this._stop = view.render({ model: this._model, el });
    }
  }

  private _model: RunTraits | null = null;
  private _stop: (() => void) | null = null;
}
