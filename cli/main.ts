/** The entry of the command line, and the only module of it that touches the process. */
import { onStopSignals } from '../app/stop-signals.ts';
import { OWNER_ONLY } from '../app/data-folder.ts';
import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

const EXIT_INTERRUPTED = 130;

process.umask(OWNER_ONLY);
const interrupted = new AbortController();
const signals = onStopSignals({ stop: () => interrupted.abort(new Error('Interrupted.')), stopAtOnce: () => process.exit(EXIT_INTERRUPTED) });
const terminal = createTerminal({ out: process.stdout, err: process.stderr }, interrupted);
const typed = { input: process.stdin, echo: process.stderr, isTerminal: process.stdin.isTTY };
process.exitCode = await run(process.argv.slice(2), { terminal, environment: process.env, interrupted: interrupted.signal, typed });
signals[Symbol.dispose]();
