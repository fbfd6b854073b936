import test from 'ava';
import type { Config } from './config/config.ts';
import { createTerminalLogger } from './terminal-logger.ts';

function givenTerminal(logLevel: Config['logLevel'] = 'info') {
  let shown = '';
  const logger = createTerminalLogger({ logLevel, dataFolder: './data' }, { write: (text) => void (shown += text), droppedLines: () => 0 });
  return { logger, shown: () => shown };
}

test('shows where Tidings listens, the outbox and what to do next once it is ready', (t) => {
  const { logger, shown } = givenTerminal();
  logger.info('listening', { role: 'operations', url: 'http://127.0.0.1:8084' });
  logger.info('listening', { role: 'gateway', url: 'ws://127.0.0.1:8083' });
  t.is(shown(), '');
  logger.info('ready');
  t.is(
    shown(),
    `
Tidings is running on the data folder ./data.

  Operations  http://127.0.0.1:8084          health and metrics; the operator’s page at /operator/
  Outbox      http://127.0.0.1:8084/outbox/  pushes, SMS and emails, kept here instead of being sent
  Gateway     ws://127.0.0.1:8083            chat over WebSockets; documented at /asyncapi.json

Next: “Five minutes” in README.md, in another shell. Ctrl-C stops.

`,
  );
});

test('says why Tidings can’t start, and where to look', (t) => {
  const { logger, shown } = givenTerminal();
  logger.error('can’t start', { reason: 'The listener of write-api can’t be opened.', cause: 'EADDRINUSE', see: 'docs/operating.md says more.' });
  t.is(shown(), '\nTidings can’t start. The listener of write-api can’t be opened.\n  EADDRINUSE\n  docs/operating.md says more.\n\n');
});

test('shows any other event on a line with its fields, and the stack of an error below it', (t) => {
  const { logger, shown } = givenTerminal();
  logger.warn('circuit breaker opened', { vendor: 'outbox-push', openMs: 60_000, missing: undefined });
  logger.error('unexpected error', { component: 'gateway', error: 'no such file', stack: 'Error: no such file\n    at here' });
  const [warning, error, stack] = shown().split('\n');
  t.regex(warning ?? '', /^\d\d:\d\d:\d\d WARN {2}circuit breaker opened {2}vendor=outbox-push {2}openMs=60000$/);
  t.regex(error ?? '', /^\d\d:\d\d:\d\d ERROR unexpected error {2}component=gateway {2}error="no such file"$/);
  t.is(stack, 'Error: no such file');
});

test('shows nothing below the log level', (t) => {
  for (const [level, shows] of [
    ['warn', ['warn', 'error']],
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['fatal', []],
    ['silent', []],
  ] as const) {
    const { logger, shown } = givenTerminal(level);
    for (const severity of ['debug', 'info', 'warn', 'error'] as const) logger[severity](`of ${severity}`);
    t.deepEqual(
      Array.from(shown().matchAll(/of (\w+)/g), ([, severity]) => severity),
      [...shows],
      level,
    );
  }
});

test('text of others can’t control the terminal', (t) => {
  const { logger, shown } = givenTerminal();
  logger.warn('request failed', { path: '\u001b[2J', route: '/v1/\u009b' });
  t.regex(shown(), /path="\\u001b\[2J"/);
  t.false(shown().includes('\u001b') || shown().includes('\u009b'));
});
