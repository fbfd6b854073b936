import { Writable } from 'node:stream';
import test from 'ava';
import { createTerminal, OutputClosed } from './terminal.ts';

function given({ isTTY }: { readonly isTTY: boolean }) {
  const out = gathering();
  const err = gathering();
  const interrupted = new AbortController();
  let nowMs = 0;
  return {
    terminal: createTerminal({ out: out.stream, err: Object.assign(err.stream, { isTTY }) }, interrupted, () => nowMs),
    out: out.stream,
    interrupted,
    printed: out.text,
    errors: err.text,
    passMs: (ms: number) => void (nowMs += ms),
  };
}

function gathering(): { readonly stream: Writable; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}

test('text of people can’t control the terminal', async (t) => {
  const { terminal, printed } = given({ isTTY: true });
  await terminal.print('a\u001b[31m red \u009b2J and \u2028 a tab\tstays');
  t.is(printed(), 'a\\u001b[31m red \\u009b2J and \\u2028 a tab\tstays\n');
});

test('on a terminal progress is one line that is overwritten, and cleared for a result', async (t) => {
  const { terminal, printed, errors, passMs } = given({ isTTY: true });
  passMs(100);
  terminal.progress('10 %');
  terminal.progress('11 %');
  await terminal.print('done');
  t.is(errors(), '\r\u001b[K10 %\r\u001b[K');
  t.is(printed(), 'done\n');
});

test('without a terminal progress is a line every few seconds', (t) => {
  const { terminal, errors, passMs } = given({ isTTY: false });
  for (let second = 1; second <= 11; second += 1) {
    passMs(1_000);
    terminal.progress(`${second} s`);
  }
  t.is(errors(), '5 s\n10 s\n');
});

test('a reader that closes the output interrupts the command', async (t) => {
  const { out, interrupted } = given({ isTTY: false });
  out.destroy(new Error('EPIPE'));
  await new Promise((resolve) => interrupted.signal.addEventListener('abort', resolve));
  t.true(interrupted.signal.reason instanceof OutputClosed);
});
