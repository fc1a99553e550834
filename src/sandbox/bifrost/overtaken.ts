import { isOfSort, type Fault } from './faults.js';
import type { Call } from './gateway.js';

type By = Extract<Fault, { kind: 'overtaken' }>['by'];

/** Requests that are carried out only after so many later ones were answered: a proxy or a busy store held them up. */
export class Overtaken {
  #waiting: { readonly by: By; left: number; readonly commit: () => void }[] = [];

  wait(by: By, commit: () => void): void {
    this.#waiting.push({ by, left: by.count, commit });
  }

  /** A later request was answered. */
  answered(call: Pick<Call, 'method' | 'path'>): void {
    const due = this.#waiting.filter((one) => isOfSort(one.by, call) && (one.left -= 1) <= 0);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { commit } of due) commit();
  }

  reset(): void {
    this.#waiting = [];
  }
}
