/** The entry of the command line: the only file of it that touches the process. */
import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

const EXIT_INTERRUPTED = 130;
/** One press of Ctrl-C may arrive more than once, by way of those who started us; whoever presses again after this means at once. */
const INSISTS_AFTER_MS = 1_000;

const interrupted = new AbortController();
let interruptedAt = Infinity;
const interrupt = () => {
  if (performance.now() - interruptedAt > INSISTS_AFTER_MS) process.exit(EXIT_INTERRUPTED);
  interruptedAt = Math.min(interruptedAt, performance.now());
  interrupted.abort(new Error('Interrupted.'));
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

const terminal = createTerminal({ out: process.stdout, err: process.stderr }, interrupted);
process.exitCode = await run(process.argv.slice(2), { terminal, environment: process.env, interrupted: interrupted.signal });
process.off('SIGINT', interrupt);
process.off('SIGTERM', interrupt);
