/** What every command works with. */
import type { Reached, ReachOptions } from './control-client.ts';
import type { Terminal } from './terminal.ts';

export type Context = {
  readonly terminal: Terminal;
  /** Aborts when somebody presses Ctrl-C. */
  readonly interrupted: AbortSignal;
  readonly reach: (needs?: ReachOptions['needs']) => Promise<Reached>;
};
