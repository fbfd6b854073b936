import test from 'ava';
import type { ViewStore } from '../../ports/views/port.ts';
import { WriteConflict } from './checkpoint.ts';
import { isMarkedBuilt, markBuilt } from './built.ts';

const unit = { runner: 'inbox@1', logNumber: 1, shard: 3 };

/** Views of which so many commits meet a conflict and write nothing. */
function viewsInConflict(conflicts: number): Pick<ViewStore, 'checkpoint' | 'commit'> {
  const checkpoints = new Map<string, string>();
  let commits = 0;
  return {
    checkpoint: async (projection) => checkpoints.get(projection),
    commit: async ({ projection, to }) => {
      commits += 1;
      if (commits <= conflicts) return commits % 2 === 0 ? 'write-conflict' : 'fenced';
      checkpoints.set(projection, to);
      return 'committed';
    },
  };
}

test('a build is marked as built though its commits meet conflicts first, and once is enough', async (t) => {
  for (const conflicts of [0, 1, 5]) {
    const views = viewsInConflict(conflicts);
    t.false(await isMarkedBuilt(views, unit));
    await markBuilt(views, unit);
    t.true(await isMarkedBuilt(views, unit), `${conflicts} conflicts`);
    await markBuilt({ ...views, commit: () => Promise.reject(new Error('it is marked already')) }, unit);
  }
});

test('where it can’t be marked, that is an error, and not taken for marked', async (t) => {
  await t.throwsAsync(markBuilt(viewsInConflict(Infinity), unit), { instanceOf: WriteConflict });
});
