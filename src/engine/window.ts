/** How many tasks are under way at once; whoever comes too early waits. Keeps the first error that ends the run. */
export class Window {
  readonly #size: number;
  readonly #onError: (error: unknown) => void;
  #underWay = 0;
  #waiting: (() => void)[] = [];

  constructor(size: number, onError: (error: unknown) => void) {
    this.#size = size;
    this.#onError = onError;
  }

  /** Starts a task; its error goes to `onError`. */
  start(task: () => Promise<void>): void {
    this.#underWay += 1;
    void task()
      .catch(this.#onError)
      .finally(() => {
        this.#underWay -= 1;
        for (const wake of this.#waiting.splice(0)) wake();
      });
  }

  /** Resolves when `room` more tasks fit; all of them when none is said. */
  async room(room = this.#size): Promise<void> {
    while (this.#underWay + room > this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
