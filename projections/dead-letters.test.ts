/** What a reactor has set aside is done once it is resolved, whatever happens in between and wherever it lies. */
import test from 'ava';
import { covers } from '../ports/event-log/position.ts';
import { findDeadLetters, resolveDeadLetter } from './dead-letters.ts';
import { givenLog, otherViews, until, type Given } from './given.ts';
import { startProjections } from './run.ts';
import { counting, edited, published } from './testing/small-projections.ts';

const QUICK = { passOverMs: 20, standbyPollMs: 10, takeOverAfterMs: 100, logCheckpointMs: 0 };

/** Of which the first event of each of these streams can't be digested until it is mended. */
function countingBut(...bad: readonly string[]) {
  let isMended = false;
  const counts = counting(({ stream, revision }) => {
    if (bad.includes(stream) && revision === 0 && !isMended) throw new Error('no');
  });
  return { ...counts, mend: () => (isMended = true) };
}

const letters = ({ views }: Pick<Given, 'views'>) => findDeadLetters(views, { projection: 'counting', limit: 100 });

test('what was resolved while nobody was at work is done once somebody is, also when the views are lost before', async (t) => {
  await using given = await givenLog();
  const { reactor, effects, mend } = countingBut('post-p1');
  {
    await using _running = await startProjections(given.dependencies, { ...QUICK, projections: [reactor] });
    await given.append('post-p1', published('p1'), edited('p1', 'b'));
    await given.append('post-p2', published('p2'));
    await until(async () => (await letters(given)).length === 1 && effects.order.length === 1);
  }
  mend();
  await resolveDeadLetter(given.dependencies, { projection: 'counting', stream: 'post-p1', revision: 0, how: 'retried' });
  await using others = await otherViews();
  await using running = await startProjections({ ...given.dependencies, views: others.views }, { ...QUICK, projections: [reactor] });
  const last = await given.append('post-p3', published('p3'));
  await until(async () => covers((await running.status())[0]?.position, last));
  t.deepEqual(effects.order, ['post-p2@0', 'post-p1@0', 'post-p1@1', 'post-p3@0']);
  t.is((await running.status())[0]?.deadLetters, 0);
});
