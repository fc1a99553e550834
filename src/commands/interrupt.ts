/** Exit codes of a process ended by a signal: 128 + its number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

export type Interruption = {
  readonly signal: AbortSignal;
  /** 130 or 143 once a signal came. */
  exitCode(): number | null;
};

/**
 * The first SIGINT or SIGTERM asks for a stop: requests in flight are settled, none is started. The second stops now;
 * the journal bears that too.
 */
export function listenForSignals(notice: (text: string) => void, stopNow: (exitCode: number) => void): Interruption {
  const controller = new AbortController();
  let code: number | null = null;
  for (const [name, exitCode] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (code !== null) {
        stopNow(exitCode);
        return;
      }
      code = exitCode;
      notice('stopping: finishing what is in flight; once more stops at once');
      controller.abort();
    });
  }
  return { signal: controller.signal, exitCode: () => code };
}
