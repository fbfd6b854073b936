/** Streams of several logs may meet in one document: each log has its own runner, and no runner may overwrite the writes of another. */
import test from 'ava';
import type { Position } from '../../ports/event-log/port.ts';
import { merge } from '../../ports/event-log/position.ts';
import { givenLog } from '../test-fixture.ts';
import type { AnyProjector, Projector } from '../projection.ts';
import { startProjections, type ProjectionsConfig } from '../rollout/start-projections.ts';
import { postEdited, postPublished, type PostEdited, type PostPublished } from '../testing/small-projections.ts';

const QUICK = { idleCheckpointMs: 20, batchIntervalMs: 1 } satisfies Partial<ProjectionsConfig>;
const POSTS = 60;
const EDITS = 5;

/** The number of edits of each author's posts, whatever log they are in. */
function editsByAuthor(): AnyProjector {
  const projector: Projector<PostPublished | PostEdited, { edits: { readonly edits: number } }> = {
    kind: 'projector',
    name: 'edits',
    version: 1,
    handles: ['feed.post-published.v1', 'feed.post-edited.v1'],
    indexes: { edits: [] },
    project: (event, { edits }) => {
      edits.update(event.data.author, event, (before) => ({ edits: (before?.edits ?? 0) + (event.type === 'feed.post-edited.v1' ? 1 : 0) }));
    },
  };
  return projector;
}

test('a document that combines streams of two logs has all events of both, though both are folded at once', async (t) => {
  await using given = await givenLog({ logs: 2 });
  await using running = await startProjections(given.dependencies, { ...QUICK, projections: [editsByAuthor()], batchEventsMax: 4 });
  let all: Position | undefined;
  await Promise.all(
    Array.from({ length: POSTS }, async (_, i) => {
      const first = await given.append(`post-p${i}`, postPublished(`p${i}`));
      all = merge(all, first);
      for (let n = 0; n < EDITS; n += 1) {
        const position = await given.append(`post-p${i}`, postEdited(`p${i}`, `text ${n}`));
        all = merge(all, position);
      }
    }),
  );
  t.regex(String(all), /^0\.\d+.*1\.\d+/);
  t.true(await running.waitForViews(['edits'], all as Position, { deadlineMs: 20_000 }));
  t.like(await given.views.get('edits@1', 'ann'), { edits: POSTS * EDITS });
  t.deepEqual(given.reported, []);
});
