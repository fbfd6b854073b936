/** Names of projectors and collections are checked by the compiler: each `@ts-expect-error` below fails to compile when its line is accepted. */
import test from 'ava';
import type { WaitForViews } from '../view-access/wait-for-views.ts';
import type { TidingsViews } from '../view-access/tidings-views.ts';
import { projectors, type ProjectorName, type TidingsReactor } from './projectors.ts';

test('the name of a projector that doesn’t exist is a compile error', (t) => {
  const known: ProjectorName = 'posts';
  // @ts-expect-error
  const unknown: ProjectorName = 'post';
  t.true(projectors.some(({ name }) => name === known));
  t.false(projectors.some(({ name }) => name === unknown));
});

test('a reactor that waits for a projector that doesn’t exist is a compile error', (t) => {
  const after: TidingsReactor<never>['after'] = ['friends', 'relationships'];
  // @ts-expect-error
  const wrong: TidingsReactor<never>['after'] = ['friends', 'relations'];
  t.not(after, wrong);
});

test('waiting for a projector that doesn’t exist is a compile error', (t) => {
  type Projectors = Parameters<WaitForViews<ProjectorName>>[0];
  const known: Projectors = ['inbox'];
  // @ts-expect-error
  const unknown: Projectors = ['in-box'];
  t.not(known, unknown);
});

test('a query of a collection that no projector has is a compile error, and its documents have the projector’s fields', (t) => {
  const read = async (views: Pick<TidingsViews, 'get'>) => {
    const post = await views.get('posts', 'p1');
    // @ts-expect-error
    await views.get('post', 'p1');
    // @ts-expect-error
    return [post?.author, post?.writer];
  };
  t.is(typeof read, 'function');
});
