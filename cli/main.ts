/** The entry of the command line: the only file of it that touches the process. */
import { setMaxListeners } from 'node:events';
import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

const EXIT_SIGNALLED = 130;

const interrupted = new AbortController();
setMaxListeners(0, interrupted.signal);
const interrupt = () => {
  if (interrupted.signal.aborted) process.exit(EXIT_SIGNALLED); // asked a second time: at once
  interrupted.abort(new Error('Interrupted.'));
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

const terminal = createTerminal({ out: process.stdout, err: process.stderr }, interrupted);
process.exitCode = await run(process.argv.slice(2), { terminal, environment: process.env, interrupted: interrupted.signal });
process.off('SIGINT', interrupt);
process.off('SIGTERM', interrupt);
