import test from 'ava';
import { positionAt } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { trackProgress } from './progress.ts';

const over = new AbortController();
const LONG = { ms: 60_000, signal: over.signal };
test.after.always(() => over.abort()); // what still waits would keep the thread of this file
const at = (offset: number): Position => positionAt(0, offset);

/** Which of the waits have ended by now. */
function watch(waits: Readonly<Record<string, Promise<void>>>) {
  const ended: string[] = [];
  for (const [name, wait] of Object.entries(waits)) void wait.then(() => ended.push(name));
  return async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return ended;
  };
}

test('a unit that rests has come as far as it says, and those who wait for less go on', async (t) => {
  const progress = trackProgress();
  let head = 7;
  progress.rest('one', () => at(head));
  t.is(progress.of('one'), undefined, 'a unit that doesn’t run here says nothing');
  progress.enter('one');
  progress.rest('one', undefined);
  progress.advance('one', at(3));
  const ended = watch({ seventh: progress.waitFor('one', at(7), LONG), ninth: progress.waitFor('one', at(9), LONG) });
  t.deepEqual(await ended(), []);
  progress.rest('one', () => at(head));
  t.deepEqual(await ended(), ['seventh']);
  head = 8;
  t.is(progress.of('one'), at(8));
  await progress.waitFor('one', at(8), LONG);
  progress.rest('one', undefined);
  t.is(progress.of('one'), at(3), 'what was passed is told with the next batch');
  progress.leave('one');
  t.deepEqual(await ended(), ['seventh', 'ninth']);
});

test('a runner that gathers is woken by who begins to wait, once for each, also for who came before', async (t) => {
  const progress = trackProgress();
  progress.enter('one');
  const gathers = () => progress.untilWanted('one', LONG);
  const ended = watch({ first: gathers() });
  void progress.waitFor('other', at(5), LONG);
  t.deepEqual(await ended(), []);
  void progress.waitFor('one', at(5), LONG);
  t.deepEqual(await ended(), ['first']);
  void progress.waitFor('one', at(6), LONG);
  const second = watch({ before: gathers(), after: gathers() });
  t.deepEqual(await second(), ['before'], 'who still waits doesn’t hurry it again');
  progress.advance('one', at(6));
  void progress.waitFor('one', at(6), LONG);
  t.deepEqual(await second(), ['before'], 'nor who needn’t wait');
});

test('gathering ends with its time, and with its signal', async (t) => {
  const progress = trackProgress();
  const stop = new AbortController();
  const ended = watch({ aborted: progress.untilWanted('one', { ms: 60_000, signal: stop.signal }) });
  await progress.untilWanted('two', { ms: 1, signal: LONG.signal });
  t.deepEqual(await ended(), []);
  stop.abort();
  t.deepEqual(await ended(), ['aborted']);
});
