import { ReactWidget } from '@jupyterlab/apputils';
import React from 'react';

/** A widget that is empty while it is hidden: then nobody looks, so nothing is read. */
export abstract class LazyWidget extends ReactWidget {
  /** Names the widget's region for screen readers, and colors it. */
  constructor(className: string, label: string) {
    super();
    this.addClass(className);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', label);
  }

  /** What is shown while the widget is visible. */
  protected abstract content(): JSX.Element;

  protected render(): JSX.Element {
    return this.isVisible ? this.content() : <></>;
  }

  protected onAfterShow(): void {
    this.update();
  }

  protected onAfterHide(): void {
    this.update();
  }
}
