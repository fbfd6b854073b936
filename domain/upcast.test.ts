import test from 'ava';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { post } from './feed/post.ts';
import type { PostEvent } from './feed/events.ts';
import type { Metadata } from './shared/event.ts';
import { upcast, writtenAs } from './upcast.ts';

const old = JSON.parse(readFileSync(join(import.meta.dirname, 'golden/feed.post-published.v0.json'), 'utf8')) as {
  type: string;
  data: { author: string };
  metadata: Metadata;
};

test('a post from before posts were stamped was pushed, at the time in its metadata', (t) => {
  const { type, data } = upcast(old.type, old.data, old.metadata);
  t.is(type, 'feed.post-published.v1');
  t.deepEqual(data, { ...old.data, delivered: 'push', at: old.metadata.at });
});

test('a personal field passes unopened', (t) => {
  const sealed = { $sealed: 'b64', $by: old.data.author };
  const { data } = upcast(old.type, { ...old.data, text: sealed }, old.metadata);
  t.deepEqual((data as { text: unknown }).text, sealed);
});

test('an upcast event is folded like one of the newest version', (t) => {
  const state = post.evolve(post.initialState, upcast(old.type, old.data, old.metadata) as PostEvent);
  t.deepEqual(state, { status: 'published', author: old.data.author } as typeof state);
});

test('the types that a reader asks for include older versions', (t) => {
  t.deepEqual(writtenAs(['feed.liked.v1', 'feed.post-published.v1']), ['feed.liked.v1', 'feed.post-published.v1', 'feed.post-published.v0']);
  t.deepEqual(writtenAs(['feed.liked.v1']), ['feed.liked.v1']);
});

test('an event whose type has never changed comes back as it is', (t) => {
  const data = { post: 'p' };
  t.deepEqual(upcast('feed.liked.v1', data, old.metadata), { type: 'feed.liked.v1', data });
});
