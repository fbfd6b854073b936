/** A rebuild goes on whichever process is killed, at whatever step: one of the builds answers at any time, and in the end the new one does. */
import test from 'ava';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import type { ViewCommit, ViewStore } from '../../ports/views/port.ts';
import { startSharedLeases } from '../leases/shared-leases.ts';
import { appendPosts, givenLog, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import { textsProjector } from '../testing/small-projections.ts';
import { activeViews } from '../view-access/active-views.ts';
import { startProjections, type ProjectionsConfig } from './start-projections.ts';

const QUICK = { idleCheckpointMs: 20, dropAfterMs: 10, batchEventsMax: 5 } satisfies Partial<ProjectionsConfig>;
const SOON = { deadlineMs: 20_000 };
const RENEW_MS = 100;

type Step = { readonly commit?: ViewCommit; readonly event?: OperationsEvent; readonly drop?: string };
const isOf = (event: OperationsEvent | undefined, type: OperationsEvent['type']) => event?.type === type;

/** Where the process that asked for the rebuild is killed: just before this step, or just after it. */
const STEPS: Readonly<Record<string, (step: Step) => boolean>> = {
  'the request': ({ event }) => isOf(event, 'operations.rebuild-requested.v1'),
  'the first documents': ({ commit }) => commit?.projection === 'texts@1.1' && commit.writes.length > 0,
  'the mark that it has caught up': ({ commit }) => commit?.projection.startsWith('texts@1.1/built') === true,
  'the withdrawal of the active build': ({ commit }) => commit?.projection === '~leases' && commit.to.includes('"withdrawn":["texts@1"]'),
  'the activation': ({ event }) => isOf(event, 'operations.version-activated.v1') && (event as { data: { build?: number } }).data.build === 1,
  'the drop of the old build': ({ drop }) => drop === 'texts@1',
};

/** From the moment of the kill on, nothing that it does reaches the log or the views, or comes to an end. */
async function startProcess(given: ProjectionsFixture, name: string, killAt?: { readonly step: (step: Step) => boolean; readonly when: 'before' | 'after' }) {
  const never = new Promise<never>(() => undefined);
  const killed = Promise.withResolvers<void>();
  let isKilled = false;
  const passing = async <Value>(step: Step, work: () => Promise<Value>): Promise<Value> => {
    if (isKilled) return await never;
    const isLast = killAt?.step(step) === true;
    if (isLast) isKilled = true;
    if (isLast && killAt?.when === 'after') await work();
    if (!isLast) return await work();
    killed.resolve();
    return await never;
  };
  const views: ViewStore = {
    ...given.views,
    commit: (commit) => passing({ commit }, () => given.views.commit(commit)),
    drop: (drop, collections) => passing({ drop }, () => given.views.drop(drop, collections)),
  };
  const appendOperations = (stream: string, event: OperationsEvent) => passing({ event }, () => given.dependencies.appendOperations(stream, event));
  const leases = await startSharedLeases({ views, onFailure: () => undefined }, { process: name, renewMs: RENEW_MS });
  const running = await startProjections({ ...given.dependencies, views, appendOperations, leases }, { ...QUICK, projections: [textsProjector()] });
  return { running, leases, killed: killed.promise };
}

for (const [name, step] of Object.entries(STEPS)) {
  for (const when of ['before', 'after'] as const) {
    test(`the process that rebuilds is killed ${when} ${name}`, async (t) => {
      await using given = await givenLog();
      const first = await startProcess(given, 'first', { step, when });
      await waitUntil(async () => (await first.running.status())[0]?.state === 'live');
      let posts = 20;
      await appendPosts(given, posts);
      void first.running.rebuild('texts').catch(() => undefined);
      await first.killed;

      await using starting = new AsyncDisposableStack();
      const second = await startProcess(given, 'second');
      starting.use(second.leases);
      starting.use(second.running);
      const views = activeViews<{ 'text-counts': { readonly posts: number } }>({ views: given.views, versions: second.running.versions });
      const isRequested = !(name === 'the request' && when === 'before');
      const isDone = async () => {
        const checkpoints = await given.views.checkpoints();
        return isRequested ? second.running.versions.active('texts').build === 1 && !checkpoints.has('texts@1') : posts > 25;
      };
      for (const until = performance.now() + 20_000; !(await isDone()) && performance.now() < until; posts += 1) {
        const position = await appendPosts(given, 1, posts);
        t.true(await second.running.waitForViews(['texts'], position, SOON));
        t.is((await views.get('text-counts', 'all'))?.posts, posts + 1);
      }
      t.true(await isDone());
      t.is(second.running.versions.active('texts').build, isRequested ? 1 : 0);
      t.is(await second.running.rebuild('texts'), 'activated', 'another can follow');
    });
  }
}
